/** Consensus parameters: hash, limits, updates (CometBFT spec, core/data_structures; `types/params.go`). */
import { concatBytes, sha256 } from "@tandem-ics/crypto";
import type {
  ABCIParams,
  BlockParams,
  ConsensusParams,
  EvidenceParams,
  ValidatorParams,
  VersionParams,
} from "cosmjs-types/tendermint/types/params";
import { CometError } from "./errors.ts";
import { varintField } from "./proto-bytes.ts";
import { durationToNs, nsToDuration } from "./time.ts";

/** Parameters of which every part is there. An update of an application may leave parts out. */
export interface FullConsensusParams extends ConsensusParams {
  block: BlockParams;
  evidence: EvidenceParams;
  validator: ValidatorParams;
  version: VersionParams;
  abci: ABCIParams;
}

/** Greatest block there can be, whatever the parameters say: 100 MiB. */
export const MAX_BLOCK_BYTES = 104_857_600n;

const DEFAULT_MAX_EVIDENCE_AGE_NS = 48n * 3600n * 1_000_000_000n;

/** Blocks of 21 MiB, no gas limit, evidence for 100 000 blocks and 48 hours, Ed25519 keys, no vote extensions. */
export const defaultConsensusParams = (): FullConsensusParams => ({
  block: { maxBytes: 22_020_096n, maxGas: -1n },
  evidence: {
    maxAgeNumBlocks: 100_000n,
    maxAgeDuration: nsToDuration(DEFAULT_MAX_EVIDENCE_AGE_NS),
    maxBytes: 1_048_576n,
  },
  validator: { pubKeyTypes: ["ed25519"] },
  version: { app: 0n },
  abci: { voteExtensionsEnableHeight: 0n },
});

/** SHA-256 of `HashedParams{1 block.max_bytes, 2 block.max_gas}`; nothing else is covered. */
export const consensusParamsHash = ({ block }: Pick<FullConsensusParams, "block">): Uint8Array =>
  sha256(concatBytes(varintField(1, block.maxBytes), varintField(2, block.maxGas)));

const invalid = (message: string): CometError => new CometError("invalidConsensusParams", message);

/** Values within their limits (`ConsensusParams.ValidateBasic`). @throws CometError `invalidConsensusParams`. */
export function validateConsensusParams(params: FullConsensusParams): void {
  const { block, evidence, validator, abci } = params;
  if (block.maxBytes === 0n || block.maxBytes < -1n)
    throw invalid("block.max_bytes must be −1 or above zero");
  if (block.maxBytes > MAX_BLOCK_BYTES) throw invalid(`block.max_bytes is above ${MAX_BLOCK_BYTES}`);
  if (block.maxGas < -1n) throw invalid("block.max_gas must be −1 or more");
  if (evidence.maxAgeNumBlocks <= 0n) throw invalid("evidence.max_age_num_blocks must be above zero");
  if (durationToNs(evidence.maxAgeDuration) <= 0n)
    throw invalid("evidence.max_age_duration must be above zero");
  const maxBytes = block.maxBytes === -1n ? MAX_BLOCK_BYTES : block.maxBytes;
  if (evidence.maxBytes > maxBytes) throw invalid("evidence.max_bytes is above block.max_bytes");
  if (evidence.maxBytes < 0n) throw invalid("evidence.max_bytes is negative");
  if (abci.voteExtensionsEnableHeight < 0n) throw invalid("abci.vote_extensions_enable_height is negative");
  if (validator.pubKeyTypes.length === 0) throw invalid("validator.pub_key_types is empty");
  for (const type of validator.pubKeyTypes)
    if (type !== "ed25519" && type !== "secp256k1")
      throw invalid(`validator.pub_key_types: ${type} is not known`);
}

/**
 * The height from which votes carry extensions may only move while it is ahead.
 * @throws CometError `invalidConsensusParams`.
 */
export function validateConsensusParamsUpdate(
  params: FullConsensusParams,
  update: ConsensusParams | undefined,
  height: bigint,
): void {
  if (update?.abci === undefined) return;
  const current = params.abci.voteExtensionsEnableHeight;
  const wanted = update.abci.voteExtensionsEnableHeight;
  if (wanted < 0n) throw invalid("abci.vote_extensions_enable_height is negative");
  if (wanted === current || (current <= 0n && wanted === 0n)) return;
  if (current > 0n && current <= height) throw invalid("vote extensions cannot be changed once enabled");
  if (wanted !== 0n && wanted <= height) throw invalid("vote extensions cannot be enabled at a past height");
}

/** `params` with the parts of `update` that are there. */
export function updateConsensusParams(
  params: FullConsensusParams,
  update: ConsensusParams | undefined,
): FullConsensusParams {
  return {
    block: { ...(update?.block ?? params.block) },
    evidence: { ...(update?.evidence ?? params.evidence) },
    validator: { pubKeyTypes: [...(update?.validator ?? params.validator).pubKeyTypes] },
    version: { ...(update?.version ?? params.version) },
    abci: { ...(update?.abci ?? params.abci) },
  };
}

/** Whether votes at `height` carry extensions. */
export const voteExtensionsEnabled = ({ abci }: Pick<FullConsensusParams, "abci">, height: bigint): boolean =>
  abci.voteExtensionsEnableHeight > 0n && abci.voteExtensionsEnableHeight <= height;
