/** Messages of x/authz (`keeper/msg_server.go`). */
import {
  type Account,
  type AddressCodec,
  CodedError,
  type Context,
  type MessageRoute,
  type MessageRouter,
  message,
  plainError,
  sdkErrors,
  wrapError,
} from "@tandem-ics/runtime";
import {
  MsgExec,
  MsgExecResponse,
  MsgGrant,
  MsgGrantResponse,
  MsgRevoke,
  MsgRevokeResponse,
} from "cosmjs-types/cosmos/authz/v1beta1/tx";
import { decodeNamedAddress, sameText } from "../address-text.ts";
import { timeOf } from "../wire-fields.ts";
import type { ReadAuthorization } from "./authorization.ts";
import { authzErrors } from "./errors.ts";
import type { AuthzKeeper } from "./keeper.ts";

/** What the messages need of x/auth. */
export interface AuthzAuthKeeper {
  getAccount(ctx: Context, address: Uint8Array): Account | undefined;
  newAccount(ctx: Context, address: Uint8Array): Account;
  setAccount(ctx: Context, account: Account): void;
}

/** What the messages need of x/bank. */
export interface AuthzBankKeeper {
  isBlocked(address: Uint8Array): boolean;
}

/** What the messages are made with. */
export interface AuthzMessageOptions {
  readonly keeper: AuthzKeeper;
  readonly addresses: AddressCodec;
  readonly auth: AuthzAuthKeeper;
  readonly bank: AuthzBankKeeper;
  readonly router: MessageRouter;
  readonly read: ReadAuthorization;
}

/** Addresses of a grant or of its end. Throws `authz/7` for one party, `sdk/7` for bad addresses. */
function partiesOf(
  addresses: AddressCodec,
  { granter, grantee }: { granter: string; grantee: string },
): { granter: Uint8Array; grantee: Uint8Array } {
  if (sameText(granter, grantee)) throw authzErrors.granteeIsGranter();
  const granteeAddress = decodeNamedAddress(addresses, grantee, "grantee");
  return { granter: decodeNamedAddress(addresses, granter, "granter"), grantee: granteeAddress };
}

/** The routes. */
export function authzMessages(options: AuthzMessageOptions): MessageRoute[] {
  return [grantRoute(options), revokeRoute(options), execRoute(options)];
}

function grantRoute({ keeper, addresses, auth, bank, router, read }: AuthzMessageOptions): MessageRoute {
  const ensureAccount = (ctx: Context, address: Uint8Array): void => {
    if (auth.getAccount(ctx, address) !== undefined) return;
    if (bank.isBlocked(address))
      throw sdkErrors.unauthorized(`${addresses.encode(address)} is not allowed to receive funds`);
    auth.setAccount(ctx, auth.newAccount(ctx, address));
  };
  return message({
    typeUrl: MsgGrant.typeUrl,
    request: MsgGrant,
    response: MsgGrantResponse,
    validate({ grant: { authorization, expiration } }) {
      if (authorization !== undefined && authorization.typeUrl !== "") read(authorization);
      if (expiration !== undefined) timeOf(expiration);
    },
    handle(ctx, request) {
      const { granter, grantee } = partiesOf(addresses, request);
      const { expiration } = request.grant;
      const authorization = read(request.grant.authorization);
      authorization.validate();
      ensureAccount(ctx, grantee);
      const { msgTypeUrl } = authorization;
      if (router.route(msgTypeUrl) === undefined) throw sdkErrors.invalidType(`${msgTypeUrl} doesn't exist.`);
      const expiresNs = expiration === undefined ? undefined : timeOf(expiration);
      keeper.saveGrant(ctx, grantee, granter, authorization, expiresNs);
      return {};
    },
  });
}

const revokeRoute = ({ keeper, addresses }: AuthzMessageOptions): MessageRoute =>
  message({
    typeUrl: MsgRevoke.typeUrl,
    request: MsgRevoke,
    response: MsgRevokeResponse,
    handle(ctx, request) {
      const { granter, grantee } = partiesOf(addresses, request);
      const { msgTypeUrl } = request;
      if (msgTypeUrl === "") throw sdkErrors.invalidRequest("missing msg method name");
      keeper.deleteGrant(ctx, grantee, granter, msgTypeUrl);
      return {};
    },
  });

const execRoute = ({ keeper, addresses, router }: AuthzMessageOptions): MessageRoute =>
  message({
    typeUrl: MsgExec.typeUrl,
    request: MsgExec,
    response: MsgExecResponse,
    handle(ctx, { grantee, msgs }) {
      if (grantee === "") throw plainError("empty address string is not allowed");
      const address = decodeNamedAddress(addresses, grantee, "grantee");
      if (msgs.length === 0) throw sdkErrors.invalidRequest("messages cannot be empty");
      msgs.forEach(({ typeUrl, value }, i) => {
        try {
          router.route(typeUrl)?.validate(value);
        } catch (error) {
          if (error instanceof CodedError) throw wrapError(error, `msg ${i}`);
          throw error;
        }
      });
      return { results: keeper.dispatch(ctx, address, msgs) };
    },
  });
