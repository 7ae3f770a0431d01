/** Evidence: validators that signed twice (SDK x/evidence). */
import { toHexUpper } from "@tandem-ics/crypto";
import {
  type AddressCodecs,
  type AppModule,
  CodedError,
  defineErrors,
  fromGoHex,
  GRPC,
  GrpcError,
  type MessageRoute,
  message,
  paginate,
  plainError,
  type QueryRoute,
  query,
  sdkErrors,
} from "@tandem-ics/runtime";
import { Equivocation } from "cosmjs-types/cosmos/evidence/v1beta1/evidence";
import type { GenesisState } from "cosmjs-types/cosmos/evidence/v1beta1/genesis";
import {
  QueryAllEvidenceRequest,
  QueryAllEvidenceResponse,
  QueryEvidenceRequest,
  QueryEvidenceResponse,
} from "cosmjs-types/cosmos/evidence/v1beta1/query";
import { MsgSubmitEvidence, MsgSubmitEvidenceResponse } from "cosmjs-types/cosmos/evidence/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import { assertEquivocation, EQUIVOCATION_TYPE_URL, equivocationHash } from "./equivocation.ts";
import {
  createEvidenceKeeper,
  EVIDENCE_STORE,
  type EvidenceKeeper,
  type EvidenceKeeperOptions,
} from "./keeper.ts";

/** Registered errors of codespace `evidence` (SDK x/evidence `types/errors.go`). */
export const evidenceErrors = defineErrors("evidence", {
  noHandler: [2, "unregistered handler for evidence type"],
  invalidEvidence: [3, "invalid evidence"],
  notFound: [4, "evidence does not exist"],
  exists: [5, "evidence already exists"],
});

const TYPE = "cosmos.evidence.v1beta1.GenesisState";
const read = (json: Parameters<NonNullable<AppModule["validateGenesis"]>>[0]): GenesisState =>
  genesisFromJson<GenesisState>(TYPE, json);

/** Throws `evidence/3` for what is no valid equivocation. */
function unpack(evidence: Any | undefined): Equivocation {
  if (evidence === undefined) throw evidenceErrors.invalidEvidence("missing evidence");
  if (evidence.typeUrl !== EQUIVOCATION_TYPE_URL) {
    throw evidenceErrors.invalidEvidence(`unknown type ${evidence.typeUrl}`);
  }
  const equivocation = Equivocation.decode(evidence.value);
  try {
    assertEquivocation(equivocation);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw evidenceErrors.invalidEvidence(`failed basic validation: ${reason}`, { cause });
  }
  return equivocation;
}

/** Makes the module and its keeper. */
export function createEvidenceModule(options: EvidenceKeeperOptions): {
  keeper: EvidenceKeeper;
  module: AppModule;
} {
  const keeper = createEvidenceKeeper(options);
  const module: AppModule = {
    name: "evidence",
    stores: { [EVIDENCE_STORE]: "iavl" },
    messages: [submitRoute(keeper, options.addresses)],
    queries: evidenceQueries(keeper),
    beginBlock(ctx) {
      for (const misbehavior of ctx.block.misbehavior) keeper.handleMisbehavior(ctx, misbehavior);
    },
    defaultGenesis: () => genesisToJson<GenesisState>(TYPE, { evidence: [] }),
    validateGenesis(json) {
      for (const evidence of read(json).evidence) unpack(evidence);
    },
    initGenesis(ctx, json) {
      for (const evidence of read(json).evidence) {
        const hash = equivocationHash(unpack(evidence));
        if (keeper.stored.has(ctx, hash)) throw evidenceErrors.exists(toHexUpper(hash));
        keeper.stored.set(ctx, hash, evidence);
      }
      return undefined;
    },
    exportGenesis: (ctx) => genesisToJson<GenesisState>(TYPE, { evidence: keeper.stored.values(ctx) }),
  };
  return { keeper, module };
}

/** Evidence by message: no application registers a handler, so that valid evidence is refused as well. */
function submitRoute(keeper: EvidenceKeeper, addresses: AddressCodecs): MessageRoute {
  return message({
    typeUrl: "/cosmos.evidence.v1beta1.MsgSubmitEvidence",
    request: MsgSubmitEvidence,
    response: MsgSubmitEvidenceResponse,
    handle(ctx, { submitter, evidence }) {
      try {
        addresses.account.decode(submitter);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw sdkErrors.invalidAddress(`invalid submitter address: ${reason}`, { cause });
      }
      const hash = equivocationHash(unpack(evidence));
      if (keeper.stored.has(ctx, hash)) throw evidenceErrors.exists(toHexUpper(hash));
      throw evidenceErrors.noHandler("equivocation");
    },
  });
}

function evidenceHash(text: string): Uint8Array {
  try {
    return fromGoHex(text);
  } catch (cause) {
    if (!(cause instanceof CodedError)) throw cause;
    throw plainError(`invalid evidence hash: ${cause.message}`, { cause });
  }
}

function evidenceQueries({ stored }: EvidenceKeeper): QueryRoute[] {
  const path = (name: string): string => `/cosmos.evidence.v1beta1.Query/${name}`;
  return [
    query({
      path: path("Evidence"),
      request: QueryEvidenceRequest,
      response: QueryEvidenceResponse,
      handle(ctx, { hash: text }) {
        if (text === "") throw new GrpcError(GRPC.invalidArgument, "invalid request; hash is empty");
        const hash = evidenceHash(text);
        const evidence = stored.get(ctx, hash);
        if (evidence === undefined) throw new GrpcError(GRPC.notFound, `evidence ${text} not found`);
        return { evidence };
      },
    }),
    query({
      path: path("AllEvidence"),
      request: QueryAllEvidenceRequest,
      response: QueryAllEvidenceResponse,
      handle(ctx, { pagination: page }) {
        const { items, pagination } = paginate(ctx, stored, page, { style: "collection" });
        return { evidence: items.map(([, evidence]) => evidence), pagination };
      },
    }),
  ];
}

export { EQUIVOCATION_TYPE_URL } from "./equivocation.ts";
export {
  DOUBLE_SIGN_JAIL_END_NS,
  type EvidenceKeeper,
  type EvidenceKeeperOptions,
  type EvidenceSlashing,
  type EvidenceStaking,
} from "./keeper.ts";
