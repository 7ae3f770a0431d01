/** What a module gives to an application. Every module has the same anatomy. */
import type { JsonValue, JsonObject as ProtoJsonObject } from "@tandem-ics/proto";
import type { StoreKind } from "@tandem-ics/store";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import type { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import type { ProtoCodec } from "./collections.ts";
import type { Context, StoreKey } from "./context.ts";
import { plainError } from "./errors.ts";

/** JSON as genesis files have it: 64-bit integers are strings, other whole numbers come as bigint from a file. */
export type Json = JsonValue;
/** A JSON object. */
export type JsonObject = ProtoJsonObject;

/** One message: how it travels, how it is checked without state, and what it does. */
export interface MessageRoute {
  /** `/cosmos.bank.v1beta1.MsgSend` */
  readonly typeUrl: string;
  /** Type URL of the response in `TxMsgData.msg_responses`. */
  readonly responseTypeUrl: string;
  /** Decodes, validates (ValidateBasic), runs, and returns the encoded response. */
  run(ctx: Context, value: Uint8Array): Uint8Array;
  /** Checks that need no state; throws CodedError. Called before the ante chain as well. */
  validate(value: Uint8Array): void;
  /** The decoded message; the same array gives the same object, which nobody may change. Throws for malformed bytes. */
  decode?(value: Uint8Array): unknown;
}

/** One query: `/cosmos.bank.v1beta1.Query/Balance`. */
export interface QueryRoute {
  readonly path: string;
  /** Throws {@link CodedError}, or GrpcError for a chosen gRPC status. */
  run(ctx: Context, request: Uint8Array): Uint8Array;
}

/** Makes a route from codecs and a handler. `validate` is the message's ValidateBasic. */
export function message<Request, Response>(options: {
  readonly typeUrl: string;
  readonly request: ProtoCodec<Request>;
  readonly response: ProtoCodec<Response>;
  readonly validate?: (message: Request) => void;
  readonly handle: (ctx: Context, message: Request) => Response;
}): MessageRoute {
  const { typeUrl, request, response, validate, handle } = options;
  // A transaction is decoded when it arrives and looked at some blocks later again: the bytes are the same array then.
  const decoded = new WeakMap<Uint8Array, { readonly message: Request }>();
  const decode = (value: Uint8Array): Request => {
    let entry = decoded.get(value);
    if (entry === undefined) {
      entry = { message: request.decode(value) };
      decoded.set(value, entry);
    }
    return entry.message;
  };
  return {
    typeUrl,
    responseTypeUrl: `${typeUrl}Response`,
    decode,
    run(ctx, value) {
      // Handlers get a message of their own: were it shared, what one run does to it would show in the next.
      const message = request.decode(value);
      validate?.(message);
      return response.encode(handle(ctx, message)).finish();
    },
    validate(value) {
      validate?.(decode(value));
    },
  };
}

/** Makes a query route from codecs and a handler. */
export function query<Request, Response>(options: {
  readonly path: string;
  readonly request: ProtoCodec<Request>;
  readonly response: ProtoCodec<Response>;
  readonly handle: (ctx: Context, request: Request) => Response;
}): QueryRoute {
  const { path, request, response, handle } = options;
  return { path, run: (ctx, bytes) => response.encode(handle(ctx, decodeRequest(request, bytes))).finish() };
}

function decodeRequest<Request>(codec: ProtoCodec<Request>, bytes: Uint8Array): Request {
  try {
    return codec.decode(bytes);
  } catch (error) {
    throw plainError(`malformed request: ${error instanceof Error ? error.message : "not protobuf"}`, {
      cause: error,
    });
  }
}

/** A module as the base application sees it. All hooks are optional. */
export interface AppModule {
  /** Key of its state in genesis files, such as `staking`. */
  readonly name: string;
  /** Stores that it owns. */
  readonly stores?: Readonly<Record<StoreKey, StoreKind>>;
  readonly messages?: readonly MessageRoute[];
  readonly queries?: readonly QueryRoute[];
  /** Runs before everything else in a block; may change consensus params for it. */
  preBlock?(ctx: Context): { consensusParamsChanged: boolean } | undefined;
  beginBlock?(ctx: Context): void;
  /** Validator updates may come from one module of an application only. */
  endBlock?(ctx: Context): readonly ValidatorUpdate[] | undefined;
  defaultGenesis?(): JsonObject;
  /** Throws CodedError or plain errors with the reason. */
  validateGenesis?(state: JsonObject): void;
  /** Inverse of {@link exportGenesis}. Not called when the genesis file has no section of this name. */
  initGenesis?(
    ctx: Context,
    state: JsonObject,
    genesis: GenesisServices,
  ): readonly ValidatorUpdate[] | undefined;
  exportGenesis?(ctx: Context): JsonObject;
  /** Validators for an exported genesis document; of one module of an application at most. */
  genesisValidators?(ctx: Context): readonly GenesisValidatorEntry[];
  /** Name → what is broken, or `undefined` when it holds. */
  readonly invariants?: Readonly<Record<string, (ctx: Context) => string | undefined>>;
}

/** What the base application offers to modules while genesis runs. */
export interface GenesisServices {
  /**
   * Runs a transaction of the genesis file on the genesis state: account numbers are taken as 0, gas is unlimited.
   * Throws CodedError when it fails.
   */
  deliverTx(ctx: Context, bytes: Uint8Array): void;
}

/** A validator of an exported genesis document. */
export interface GenesisValidatorEntry {
  readonly pubKey: PublicKey;
  readonly power: bigint;
  readonly name: string;
}

/** Where consensus params live: the consensus module. */
export interface ConsensusParamsKeeper {
  get(ctx: Context): ConsensusParams | undefined;
  set(ctx: Context, params: ConsensusParams): void;
}
