/** x/authz: messages that one account may send for another. */
import type { AddressCodecs, AppModule, JsonObject, MessageRouter } from "@tandem-ics/runtime";
import { plainError } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/authz/v1beta1/genesis";
import { decodeAddress } from "../address-text.ts";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import { timeOf } from "../wire-fields.ts";
import { type AuthorizationKind, createAuthorizationReader, genericAuthorization } from "./authorization.ts";
import { sendAuthorization, stakeAuthorization } from "./bank-and-staking.ts";
import { type AuthzKeeper, createAuthzKeeper } from "./keeper.ts";
import { type AuthzAuthKeeper, type AuthzBankKeeper, authzMessages } from "./messages.ts";
import { authzQueries } from "./queries.ts";
import { AUTHZ_STORE, createAuthzState } from "./state.ts";

export {
  type Acceptance,
  type Authorization,
  type AuthorizationKind,
  authorizationKind,
} from "./authorization.ts";
export { authzErrors } from "./errors.ts";
export type { AuthzKeeper } from "./keeper.ts";
export { AUTHZ_STORE } from "./state.ts";

const GENESIS = "cosmos.authz.v1beta1.GenesisState";

/** What x/authz is made of. */
export interface AuthzOptions {
  readonly addresses: AddressCodecs;
  readonly auth: AuthzAuthKeeper;
  readonly bank: AuthzBankKeeper;
  /** Runs the messages of all modules. */
  readonly router: MessageRouter;
  /** Authorizations of further modules, besides those of authz, bank and staking. */
  readonly kinds?: readonly AuthorizationKind[];
}

const readGenesis = (state: JsonObject): GenesisState => genesisFromJson<GenesisState>(GENESIS, state);

/** Makes the module. */
export function createAuthzModule(options: AuthzOptions): { keeper: AuthzKeeper; module: AppModule } {
  const { auth, bank, router, kinds = [] } = options;
  const addresses = options.addresses.account;
  const read = createAuthorizationReader([
    genericAuthorization,
    sendAuthorization,
    stakeAuthorization,
    ...kinds,
  ]);
  const state = createAuthzState();
  const keeper = createAuthzKeeper({ state, addresses, router, read });
  return {
    keeper,
    module: {
      name: "authz",
      stores: { [AUTHZ_STORE]: "iavl" },
      messages: authzMessages({ keeper, addresses, auth, bank, router, read }),
      queries: authzQueries(state, addresses),
      beginBlock: keeper.removeExpired,
      defaultGenesis: () => genesisToJson<GenesisState>(GENESIS, { authorization: [] }),
      validateGenesis(json) {
        readGenesis(json).authorization.forEach(({ granter, grantee }, i) => {
          if (grantee === "") throw plainError(`authorization: ${i}, missing grantee`);
          if (granter === "") throw plainError(`authorization: ${i},missing granter`);
        });
      },
      initGenesis(ctx, json) {
        for (const { granter, grantee, authorization, expiration } of readGenesis(json).authorization) {
          const expiresNs = expiration === undefined ? undefined : timeOf(expiration);
          if (expiresNs !== undefined && expiresNs < ctx.timeNs) continue;
          const to = decodeAddress(addresses, grantee);
          keeper.saveGrant(ctx, to, decodeAddress(addresses, granter), read(authorization), expiresNs);
        }
        return undefined;
      },
      exportGenesis: (ctx) =>
        genesisToJson<GenesisState>(GENESIS, {
          authorization: Array.from(state.grants.entries(ctx), ([[granter, grantee], grant]) => ({
            granter: addresses.encode(granter),
            grantee: addresses.encode(grantee),
            ...grant,
          })),
        }),
    },
  };
}
