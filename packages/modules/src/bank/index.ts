/** x/bank: coins. */
import type { AddressCodecs, AppModule } from "@tandem-ics/runtime";
import {
  balancesInvariant,
  defaultBankGenesis,
  exportBankGenesis,
  initBankGenesis,
  supplyInvariant,
  validateBankGenesis,
} from "./genesis.ts";
import { type BankAuthKeeper, type BankKeeper, createBankKeeper } from "./keeper.ts";
import { bankMessages } from "./messages.ts";
import { bankQueries } from "./queries.ts";
import { BANK_STORE, createBankState } from "./state.ts";

export type { Balance } from "./balances.ts";
export { bankErrors } from "./errors.ts";
export type { BankAuthKeeper, BankKeeper, CoinsOf } from "./keeper.ts";
export { type BankParams, defaultBankParams } from "./params.ts";

/** What x/bank is made of. */
export interface BankOptions {
  readonly addresses: AddressCodecs;
  readonly auth: BankAuthKeeper;
  /** Address text of who may change parameters. */
  readonly authority: string;
  /** Addresses that may not receive by message, usually those of modules. */
  readonly blocked: Iterable<Uint8Array>;
}

/** Makes the module. */
export function createBankModule(options: BankOptions): { keeper: BankKeeper; module: AppModule } {
  const { addresses, auth, authority, blocked } = options;
  const state = createBankState();
  const keeper = createBankKeeper({ state, addresses, auth, blocked });
  const parts = { state, keeper, addresses: addresses.account };
  return {
    keeper,
    module: {
      name: "bank",
      stores: { [BANK_STORE]: "iavl" },
      messages: bankMessages(keeper, addresses.account, authority),
      queries: bankQueries(state, keeper, addresses.account),
      defaultGenesis: defaultBankGenesis,
      validateGenesis: (genesis) => validateBankGenesis(genesis, addresses.account),
      initGenesis(ctx, genesis) {
        initBankGenesis(ctx, genesis, parts);
        return undefined;
      },
      exportGenesis: (ctx) => exportBankGenesis(ctx, parts),
      invariants: {
        "nonnegative-outstanding": (ctx) => balancesInvariant(ctx, keeper),
        "total-supply": (ctx) => supplyInvariant(ctx, keeper),
      },
    },
  };
}
