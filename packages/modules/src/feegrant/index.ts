/** x/feegrant: fees that others pay. */
import type { AddressCodecs, AppModule, JsonObject } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/feegrant/v1beta1/genesis";
import { decodeAddress } from "../address-text.ts";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import { readAllowance } from "./allowance.ts";
import {
  createFeegrantKeeper,
  type FeegrantAuthKeeper,
  type FeegrantBankKeeper,
  type FeegrantKeeper,
} from "./keeper.ts";
import { feegrantMessages } from "./messages.ts";
import { feegrantQueries } from "./queries.ts";
import { createFeegrantState, FEEGRANT_STORE } from "./state.ts";

export { feegrantErrors } from "./errors.ts";
export type { FeegrantKeeper } from "./keeper.ts";
export { FEEGRANT_STORE } from "./state.ts";

const GENESIS = "cosmos.feegrant.v1beta1.GenesisState";
/** Allowances that the end of one block prunes at most. State-breaking. */
const PRUNED_BY_BLOCK = 200;

/** What x/feegrant is made of. */
export interface FeegrantOptions {
  readonly addresses: AddressCodecs;
  readonly auth: FeegrantAuthKeeper;
  readonly bank: FeegrantBankKeeper;
}

const read = (state: JsonObject): GenesisState => genesisFromJson<GenesisState>(GENESIS, state);

/** Makes the module. Its keeper goes to the ante chain. */
export function createFeegrantModule(options: FeegrantOptions): {
  keeper: FeegrantKeeper;
  module: AppModule;
} {
  const { addresses, auth, bank } = options;
  const { account } = addresses;
  const state = createFeegrantState();
  const keeper = createFeegrantKeeper({ state, addresses: account, auth, bank });
  return {
    keeper,
    module: {
      name: "feegrant",
      stores: { [FEEGRANT_STORE]: "iavl" },
      messages: feegrantMessages(state, keeper, account),
      queries: feegrantQueries(state, account),
      endBlock(ctx) {
        keeper.removeExpired(ctx, PRUNED_BY_BLOCK);
        return undefined;
      },
      defaultGenesis: () => genesisToJson<GenesisState>(GENESIS, { allowances: [] }),
      validateGenesis(json) {
        for (const { allowance } of read(json).allowances) readAllowance(allowance).validate();
      },
      initGenesis(ctx, json) {
        for (const { granter, grantee, allowance } of read(json).allowances)
          keeper.grantAllowance(
            ctx,
            decodeAddress(account, granter),
            decodeAddress(account, grantee),
            readAllowance(allowance),
          );
        return undefined;
      },
      exportGenesis: (ctx) =>
        genesisToJson<GenesisState>(GENESIS, { allowances: state.allowances.values(ctx) }),
    },
  };
}
