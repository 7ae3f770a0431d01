/** What a module gives to an application. Every module has the same anatomy. */
import type { StoreKind } from "@tandem-ics/store";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import type { ProtoCodec } from "./collections.ts";
import type { Context, StoreKey } from "./context.ts";

/** JSON as genesis files have it: 64-bit integers are strings. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** One message: how it travels, how it is checked without state, and what it does. */
export interface MessageRoute {
  /** `/cosmos.bank.v1beta1.MsgSend` */
  readonly typeUrl: string;
  /** Type URL of the response in `TxMsgData.msg_responses`. */
  readonly responseTypeUrl: string;
  /** Decodes, validates (ValidateBasic), runs, and returns the encoded response. */
  run(ctx: Context, value: Uint8Array): Uint8Array;
  /** Checks that need no state; throws CodedError. Called in the ante chain as well. */
  validate(value: Uint8Array): void;
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
  return {
    typeUrl,
    responseTypeUrl: `${typeUrl}Response`,
    run: (ctx, value) => response.encode(handle(ctx, request.decode(value))).finish(),
    validate(value) {
      validate?.(request.decode(value));
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
  return { path, run: (ctx, bytes) => response.encode(handle(ctx, request.decode(bytes))).finish() };
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
  /** Inverse of {@link exportGenesis}. */
  initGenesis?(ctx: Context, state: JsonObject): readonly ValidatorUpdate[] | undefined;
  exportGenesis?(ctx: Context): JsonObject;
  /** Name → what is broken, or `undefined` when it holds. */
  readonly invariants?: Readonly<Record<string, (ctx: Context) => string | undefined>>;
}

/** Where consensus params live: the consensus module. */
export interface ConsensusParamsKeeper {
  get(ctx: Context): ConsensusParams | undefined;
  set(ctx: Context, params: ConsensusParams): void;
}
