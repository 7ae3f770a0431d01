/** x/auth: accounts. */
import { type AddressCodecs, type AppModule, message, plainError } from "@tandem-ics/runtime";
import { MsgUpdateParams, MsgUpdateParamsResponse } from "cosmjs-types/cosmos/auth/v1beta1/tx";
import { createAccountCodec } from "./account-codec.ts";
import { defaultAuthGenesis, exportAuthGenesis, initAuthGenesis, validateAuthGenesis } from "./genesis.ts";
import { type AuthKeeper, createAuthKeeper, type ModulePermission } from "./keeper.ts";
import { validateAuthParams } from "./params.ts";
import { authQueries } from "./queries.ts";
import { AUTH_STORE, createAuthState } from "./state.ts";

export type { AuthKeeper, ModulePermission } from "./keeper.ts";
export { type AuthParams, defaultAuthParams } from "./params.ts";

/** What x/auth is made of. */
export interface AuthOptions {
  readonly addresses: AddressCodecs;
  /** Every module that has an account, with what it may do. */
  readonly permissions: Readonly<Record<string, readonly ModulePermission[]>>;
  /** Address text of who may change parameters. */
  readonly authority: string;
}

/** Makes the module. */
export function createAuthModule(options: AuthOptions): { keeper: AuthKeeper; module: AppModule } {
  const { addresses, permissions, authority } = options;
  const codec = createAccountCodec(addresses);
  const state = createAuthState(codec);
  const keeper = createAuthKeeper(state, addresses, permissions);
  const updateParams = message({
    typeUrl: MsgUpdateParams.typeUrl,
    request: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    handle(ctx, { authority: sender, params }) {
      if (sender !== authority)
        throw plainError(
          `expected authority account as only signer for proposal message; invalid authority; expected ${authority}, got ${sender}`,
        );
      validateAuthParams(params);
      keeper.setParams(ctx, params);
      return {};
    },
  });
  return {
    keeper,
    module: {
      name: "auth",
      stores: { [AUTH_STORE]: "iavl" },
      messages: [updateParams],
      queries: authQueries(state, keeper, codec),
      defaultGenesis: defaultAuthGenesis,
      validateGenesis: (genesis) => validateAuthGenesis(genesis, codec),
      initGenesis(ctx, genesis) {
        initAuthGenesis(ctx, genesis, state, keeper, codec);
        return undefined;
      },
      exportGenesis: (ctx) => exportAuthGenesis(ctx, keeper, codec),
    },
  };
}
