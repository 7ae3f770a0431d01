/** ICS-20 put together (ibc-go v10 `transfer/module.go`). Its module account `transfer` mints and burns. */
import { type AppModule, amountOf, type Context } from "@tandem-ics/runtime";
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
import { allTotalEscrow, escrowAddress, TRANSFER } from "./state.ts";

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
    invariants: { "total-escrow": (ctx) => brokenEscrow(deps, ctx) },
  };
  return { keeper, app: createTransferApp(deps), module };
}

/** What is noted as locked is there: the channels' accounts hold at least as much, anybody may send them more. */
function brokenEscrow({ bank, channels }: TransferDeps, ctx: Context): string | undefined {
  const noted = allTotalEscrow(ctx);
  if (noted.length === 0) return undefined;
  const held = channels
    .allChannels(ctx)
    .filter(({ portId }) => portId === TRANSFER)
    .map(({ channelId }) => bank.getAllBalances(ctx, escrowAddress(TRANSFER, channelId)));
  for (const { denom, amount } of noted) {
    const sum = held.reduce((total, coins) => total + amountOf(coins, denom), 0n);
    if (sum < amount) return `${amount}${denom} are noted as locked, the channels' accounts hold ${sum}`;
  }
  return undefined;
}
