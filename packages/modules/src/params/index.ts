/**
 * The store in which modules kept their parameters before each had its own (SDK x/params). Nothing reads it any more; it is
 * there because the Go application has it, with the proposals that write to it.
 */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import {
  type AppModule,
  CodedError,
  type Context,
  GRPC,
  GrpcError,
  map,
  type QueryRoute,
  query,
  textKey,
  textValue,
} from "@tandem-ics/runtime";
import type { ParamChange, ParameterChangeProposal } from "cosmjs-types/cosmos/params/v1beta1/params";
import {
  QueryParamsRequest,
  QueryParamsResponse,
  QuerySubspacesRequest,
  QuerySubspacesResponse,
} from "cosmjs-types/cosmos/params/v1beta1/query";
import { assertTexts, type LegacyContent, type LegacyContents } from "../gov/legacy-content.ts";
import { paramsErrors } from "./errors.ts";
import { GOV_SUBSPACE, type ParamUpdate } from "./gov-subspace.ts";

/** Store of the module. */
export const PARAMS_STORE = "params";
/** What was changed in the block, by key. */
const CHANGED_STORE = "transient_params";

const NOTHING: ReadonlyMap<string, ParamUpdate> = new Map();

const records = map(PARAMS_STORE, new Uint8Array(), textKey, textValue);

function assertChanges({ changes }: ParameterChangeProposal): void {
  if (changes.length === 0) throw paramsErrors.emptyChanges();
  for (const { subspace, key, value } of changes) {
    if (subspace === "") throw paramsErrors.emptySubspace();
    if (key === "") throw paramsErrors.emptyKey();
    if (value === "") throw paramsErrors.emptyValue();
  }
}

/** Makes the module. `subspaces` names the modules that may have parameters here. */
export function createParamsModule(subspaces: readonly string[]): {
  module: AppModule;
  /** For governance. */
  legacy: LegacyContents;
} {
  const known = new Map(subspaces.map((name) => [name, name === "gov" ? GOV_SUBSPACE : NOTHING]));

  function change(ctx: Context, { subspace, key, value }: ParamChange): void {
    const updates = known.get(subspace);
    if (updates === undefined) throw paramsErrors.unknownSubspace(subspace);
    const update = updates.get(key);
    // The Go node panics here, which ends the transaction with the code of panics.
    if (update === undefined) throw new RangeError(`parameter ${key} not registered`);
    const full = `${subspace}/${key}`;
    try {
      records.set(ctx, full, update(records.get(ctx, full), value));
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      throw paramsErrors.settingParameter(`key: ${key}, value: ${value}, err: ${error.message}`, {
        cause: error,
      });
    }
    ctx.kv(CHANGED_STORE).set(utf8(full), new Uint8Array());
  }

  const module: AppModule = {
    name: "params",
    stores: { [PARAMS_STORE]: "iavl", [CHANGED_STORE]: "transient" },
    queries: createParamsQueries([...known.keys()]),
  };
  return {
    module,
    legacy: {
      kinds: new Map([
        [
          "/cosmos.params.v1beta1.ParameterChangeProposal",
          {
            route: "params",
            proposalType: "ParameterChange",
            proposable: true,
            validate(content: LegacyContent) {
              assertTexts(content);
              assertChanges(content.message as ParameterChangeProposal);
            },
          },
        ],
      ]),
      handlers: new Map([
        [
          "params",
          (ctx: Context, { message }: LegacyContent) => {
            for (const each of (message as ParameterChangeProposal).changes) change(ctx, each);
          },
        ],
      ]),
    },
  };
}

const path = (name: string): string => `/cosmos.params.v1beta1.Query/${name}`;

/** Queries (SDK x/params `keeper/grpc_query.go`). */
function createParamsQueries(subspaces: readonly string[]): QueryRoute[] {
  return [
    query({
      path: path("Params"),
      request: QueryParamsRequest,
      response: QueryParamsResponse,
      handle(ctx, { subspace, key }) {
        if (subspace === "" || key === "") throw new GrpcError(GRPC.invalidArgument, "invalid request");
        if (!subspaces.includes(subspace)) throw paramsErrors.unknownSubspace(subspace);
        return { param: { subspace, key, value: records.get(ctx, `${subspace}/${key}`) ?? "" } };
      },
    }),
    query({
      path: path("Subspaces"),
      request: QuerySubspacesRequest,
      response: QuerySubspacesResponse,
      handle: (ctx) => ({
        subspaces: subspaces.map((subspace) => ({ subspace, keys: keysOf(ctx, subspace) })),
      }),
    }),
  ];
}

const keysOf = (ctx: Context, subspace: string): string[] => {
  const prefix = utf8(`${subspace}/`);
  return Array.from(records.keys(ctx, { prefix }), (full) => fromUtf8(utf8(full).slice(prefix.length)));
};

export { paramsErrors } from "./errors.ts";
