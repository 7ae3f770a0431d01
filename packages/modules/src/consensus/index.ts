/** x/consensus: parameters of the consensus engine, kept by the application (SDK `x/consensus/keeper`). */
import {
  defaultConsensusParams,
  type FullConsensusParams,
  isCometError,
  updateConsensusParams,
  validateConsensusParams,
  validateConsensusParamsUpdate,
} from "@tandem-ics/comet";
import {
  type AppModule,
  type ConsensusParamsKeeper,
  item,
  message,
  plainError,
  proto,
  query,
  sdkErrors,
} from "@tandem-ics/runtime";
import { QueryParamsRequest, QueryParamsResponse } from "cosmjs-types/cosmos/consensus/v1/query";
import { MsgUpdateParams, MsgUpdateParamsResponse } from "cosmjs-types/cosmos/consensus/v1/tx";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { remembered } from "../stored-values.ts";

/** Store of the parameters: one value under `Consensus`. */
export const CONSENSUS_STORE = "consensus";

const params = item(CONSENSUS_STORE, "Consensus", remembered(proto<ConsensusParams>(ConsensusParams)));

/** What x/consensus is made of. */
export interface ConsensusOptions {
  /** Address text of who may change parameters. */
  readonly authority: string;
}

/** Makes the module. Parameters come from the genesis document, not from a section of `app_state`. */
export function createConsensusModule({ authority }: ConsensusOptions): {
  keeper: ConsensusParamsKeeper;
  module: AppModule;
} {
  const updateParams = message({
    typeUrl: MsgUpdateParams.typeUrl,
    request: MsgUpdateParams,
    response: MsgUpdateParamsResponse,
    handle(ctx, update) {
      if (update.authority !== authority)
        throw plainError(`invalid authority; expected ${authority}, got ${update.authority}`);
      const before = updateConsensusParams(defaultConsensusParams(), params.get(ctx) ?? {});
      const after = checkedUpdate(before, update, ctx.height);
      params.set(ctx, after);
      ctx.emit("update_consensus_params", { authority, parameters: formatParams(after) });
      return {};
    },
  });
  return {
    keeper: { get: params.get, set: params.set },
    module: {
      name: "consensus",
      stores: { [CONSENSUS_STORE]: "iavl" },
      messages: [updateParams],
      queries: [
        query({
          path: "/cosmos.consensus.v1.Query/Params",
          request: QueryParamsRequest,
          response: QueryParamsResponse,
          handle(ctx) {
            const found = params.get(ctx);
            return found === undefined ? {} : { params: found };
          },
        }),
      ],
    },
  };
}

/** Parameters after an update. Throws a refusal for incomplete, invalid or unsupported ones. */
function checkedUpdate(
  before: FullConsensusParams,
  { block, evidence, validator, abci }: MsgUpdateParams,
  height: bigint,
): FullConsensusParams {
  if (block === undefined || evidence === undefined || validator === undefined)
    throw plainError("all parameters must be present");
  const update: ConsensusParams = { block, evidence, validator, ...(abci === undefined ? {} : { abci }) };
  const after = valid(() => {
    const updated = updateConsensusParams(before, update);
    validateConsensusParams(updated);
    validateConsensusParamsUpdate(before, update, height);
    return updated;
  });
  // The SDK accepts this, and its application without a handler then stops for good at the height in question.
  if (after.abci.voteExtensionsEnableHeight > 0n)
    throw sdkErrors.notSupported("this application has no vote extensions");
  return after;
}

function valid<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (isCometError(error)) throw plainError(error.message, { cause: error });
    throw error;
  }
}

/** Compact protobuf text, as the event has it. */
function formatParams({ block, evidence, validator, abci }: FullConsensusParams): string {
  const { seconds, nanos } = evidence.maxAgeDuration;
  const types = validator.pubKeyTypes.map((type) => `pub_key_types:${JSON.stringify(type)} `).join("");
  return [
    `block:<max_bytes:${block.maxBytes} max_gas:${block.maxGas} > `,
    `evidence:<max_age_num_blocks:${evidence.maxAgeNumBlocks} max_age_duration:<seconds:${seconds} ${
      nanos === 0 ? "" : `nanos:${nanos} `
    }> max_bytes:${evidence.maxBytes} > `,
    `validator:<${types}> version:<> abci:<`,
    abci.voteExtensionsEnableHeight === 0n
      ? ""
      : `vote_extensions_enable_height:${abci.voteExtensionsEnableHeight} `,
    "> ",
  ].join("");
}
