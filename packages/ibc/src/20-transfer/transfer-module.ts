/** ICS-20 put together (ibc-go v10 `transfer/module.go`). Its module account `transfer` mints and burns. */
import type { AppModule } from "@tandem-ics/runtime";
import type { IbcApp } from "../05-port/app.ts";
import { createTransferApp } from "./app.ts";
import {
  defaultTransferGenesis,
  exportTransferGenesis,
  initTransferGenesis,
  transferGenesisFromJson,
  transferGenesisToJson,
  validateTransferGenesis,
} from "./genesis.ts";
import { createTransferKeeper, type TransferDeps, type TransferKeeper } from "./keeper.ts";
import { transferMessages } from "./messages.ts";
import { transferQueries } from "./queries.ts";
import { TRANSFER } from "./state.ts";

/** What ICS-20 needs of the chain. */
export interface TransferModuleOptions extends TransferDeps {
  /** Account that alone may change params: governance. */
  readonly authority: string;
}

/** ICS-20. */
export interface TransferModule {
  readonly keeper: TransferKeeper;
  /** Routed under `transfer`, alone or wrapped. */
  readonly app: IbcApp;
  /** `transfer` in genesis, store `transfer`. */
  readonly module: AppModule;
}

/** Puts ICS-20 together. */
export function createTransferModule({ authority, ...deps }: TransferModuleOptions): TransferModule {
  const { address, channels } = deps;
  const keeper = createTransferKeeper(deps);
  const module: AppModule = {
    name: TRANSFER,
    stores: { [TRANSFER]: "iavl" },
    messages: transferMessages({ keeper, address, authority }),
    queries: transferQueries({ keeper, address, channels }),
    defaultGenesis: () => transferGenesisToJson(defaultTransferGenesis()),
    validateGenesis: (state) => validateTransferGenesis(transferGenesisFromJson(state)),
    initGenesis(ctx, state) {
      initTransferGenesis(deps, ctx, transferGenesisFromJson(state));
      return undefined;
    },
    exportGenesis: (ctx) => transferGenesisToJson(exportTransferGenesis(ctx)),
  };
  return { keeper, app: createTransferApp(deps), module };
}
