/** What a grant permits: kinds of authorizations, each for one type of message (x/authz `authorizations.go`). */
import { type Context, type DecodedMessage, plainError, sdkErrors } from "@tandem-ics/runtime";
import { GenericAuthorization } from "cosmjs-types/cosmos/authz/v1beta1/authz";
import type { Any } from "cosmjs-types/google/protobuf/any";

/** What becomes of an authorization that was used. */
export type Acceptance =
  | { readonly after: "keep" }
  | { readonly after: "remove" }
  /** `left` takes its place. */
  | { readonly after: "replace"; readonly left: Any };

/** An authorization. */
export interface Authorization {
  /** Type of the messages that it permits. */
  readonly msgTypeUrl: string;
  /** ValidateBasic. Throws CodedError. */
  validate(): void;
  /** Throws CodedError for a message that it does not permit. */
  accept(ctx: Context, message: DecodedMessage): Acceptance;
  pack(): Any;
}

/** One kind: how it is read from the wire. */
export interface AuthorizationKind {
  readonly typeUrl: string;
  /** Throws for malformed bytes. */
  read(value: Uint8Array): Authorization;
}

/** A codec as cosmjs-types has it. */
interface AuthorizationCodec<T> {
  readonly typeUrl: string;
  decode(bytes: Uint8Array): T;
  encode(message: T): { finish(): Uint8Array };
}

/** Makes a kind from a codec and its rules. */
export const authorizationKind = <T>(
  codec: AuthorizationCodec<T>,
  rules: (message: T, pack: (changed: T) => Any) => Omit<Authorization, "pack">,
): AuthorizationKind => {
  const pack = (message: T): Any => ({ typeUrl: codec.typeUrl, value: codec.encode(message).finish() });
  return {
    typeUrl: codec.typeUrl,
    read(value) {
      const message = codec.decode(value);
      const made = rules(message, pack);
      return {
        get msgTypeUrl() {
          return made.msgTypeUrl;
        },
        validate: made.validate,
        accept: made.accept,
        pack: () => pack(message),
      };
    },
  };
};

/** Permits all messages of a type. */
export const genericAuthorization = authorizationKind(GenericAuthorization, ({ msg }) => ({
  msgTypeUrl: msg,
  validate() {
    if (msg === "") throw plainError("msg type cannot be empty");
  },
  accept: () => ({ after: "keep" }),
}));

/** Reads packed authorizations. */
export type ReadAuthorization = (any: Any | undefined) => Authorization;

/**
 * Makes a reader of `kinds`. It throws `sdk/29` for none at all, and `sdk/2` for other types and malformed contents: Go
 * finds those while it decodes the transaction.
 */
export function createAuthorizationReader(kinds: readonly AuthorizationKind[]): ReadAuthorization {
  const byType = new Map(kinds.map((kind) => [kind.typeUrl, kind]));
  return (any) => {
    if (any === undefined || any.typeUrl === "") throw sdkErrors.invalidType("authorization is nil");
    const kind = byType.get(any.typeUrl);
    if (kind === undefined)
      throw sdkErrors.txDecode(
        `no concrete type registered for type URL ${any.typeUrl.slice(0, 200)} against interface *authz.Authorization`,
      );
    try {
      return kind.read(any.value);
    } catch (cause) {
      throw sdkErrors.txDecode(`malformed ${any.typeUrl}`, { cause });
    }
  };
}
