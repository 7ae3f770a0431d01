/** Light client attacks on the provider's client of a consumer (interchain-security `consumer_equivocation.go`, ADR-005). */
import {
  BLOCK_ID_FLAG,
  commitVoteSignBytes,
  publicKeyAddress,
  publicKeyBytes,
  type ValidatorSet,
  validatorByAddress,
  validatorSetFromProto,
  verifySignature,
} from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import { clientErrors, headerHeight, provesMisbehaviour } from "@tandem-ics/ibc";
import { compareHeights } from "@tandem-ics/ibc/24-host";
import { type Context, plainError } from "@tandem-ics/runtime";
import type { Header, Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Header as BlockHeader, Commit } from "cosmjs-types/tendermint/types/types";
import { checkComet } from "../types/comet-refusal.ts";
import { ccvErrors } from "../types/errors.ts";
import { refusalOf } from "../types/refusals.ts";
import { addressKey } from "./address-index.ts";
import { requireChainId } from "./consumers.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { requireInfractionParams } from "./infraction-params.ts";
import { toProviderAddress } from "./key-assignment.ts";
import type { Punish } from "./punish.ts";
import * as state from "./state.ts";

/** Header, commit and validators of one side. */
interface Side {
  readonly header: BlockHeader;
  readonly commit: Commit;
  readonly validators: ValidatorSet;
}

/** Both headers. Throws an untyped refusal if one is not complete. */
function sidesOf({ header1, header2 }: Misbehaviour): readonly [Side, Side] {
  return [sideOf(header1), sideOf(header2)];
}

function sideOf(ibcHeader: Header | undefined): Side {
  const header = ibcHeader?.signedHeader?.header;
  const commit = ibcHeader?.signedHeader?.commit;
  if (header === undefined || commit === undefined)
    throw plainError("misbehaviour with an incomplete header");
  return {
    header,
    commit,
    validators: checkComet("validator set", () => validatorSetFromProto(ibcHeader?.validatorSet)),
  };
}

const TRANSITION_HASHES = [
  "validatorsHash",
  "nextValidatorsHash",
  "consensusHash",
  "appHash",
  "lastResultsHash",
] as const satisfies readonly (keyof BlockHeader)[];

/** Whether at least one of two headers of one height follows from no honest execution. */
const isConflictingTransition = (a: BlockHeader, b: BlockHeader): boolean =>
  TRANSITION_HASHES.some((hash) => !equalBytes(a[hash], b[hash]));

/** Throws an untyped refusal unless the signature in this slot is the validator's own. */
function verifySlot({ header, commit, validators }: Side, index: number): void {
  const { validatorAddress, signature } = commit.signatures[index]!;
  const validator = validatorByAddress(validators, validatorAddress);
  if (validator === undefined)
    throw plainError(
      `incorrect signature: validator address ${toHexUpper(validatorAddress)} isn't part of the validator set`,
    );
  const own = publicKeyAddress(validator.pubKey);
  if (!equalBytes(own, validatorAddress))
    throw plainError(
      `validator public key doesn't correspond to signature validator address: ${toHexUpper(own)}!= ${toHexUpper(validatorAddress)}`,
    );
  if (!verifySignature(validator.pubKey, commitVoteSignBytes(header.chainId, commit, index), signature))
    throw plainError(`wrong signature (#${index}): ${toHexUpper(signature)}`);
}

/**
 * Addresses that signed both commits, nil votes included, each signature verified: nobody is blamed on the strength of
 * another's signature. None for an amnesia attack, where who broke the rules cannot be told.
 */
export function signersOfBoth(misbehaviour: Misbehaviour): Uint8Array[] {
  const [first, second] = sidesOf(misbehaviour);
  if (!isConflictingTransition(first.header, second.header) && first.commit.round !== second.commit.round)
    return [];
  const slots = new Map<string, number>();
  first.commit.signatures.forEach(({ blockIdFlag, validatorAddress }, index) => {
    if (blockIdFlag !== BLOCK_ID_FLAG.absent) slots.set(addressKey(validatorAddress), index);
  });
  const signers: Uint8Array[] = [];
  second.commit.signatures.forEach(({ blockIdFlag, validatorAddress }, index) => {
    if (blockIdFlag === BLOCK_ID_FLAG.absent) return;
    const slot = slots.get(addressKey(validatorAddress));
    if (slot === undefined) return;
    verifySlot(first, slot);
    verifySlot(second, index);
    signers.push(validatorAddress);
  });
  return signers;
}

/** A validator of the first header as CometBFT prints it. */
function validatorText(misbehaviour: Misbehaviour, address: Uint8Array): string {
  const validator = validatorByAddress(sidesOf(misbehaviour)[0].validators, address);
  if (validator === undefined) return "nil-Validator";
  const { votingPower, proposerPriority, pubKey } = validator;
  return `Validator{${toHexUpper(address)} PubKeyEd25519{${toHexUpper(publicKeyBytes(pubKey))}} VP:${votingPower} A:${proposerPriority}}`;
}

/** Handling the evidence. */
export function createMisbehaviour({ client }: Pick<ProviderDeps, "client">, punish: Punish) {
  /** Throws unless both headers would have convinced the provider's client of this consumer. */
  function assertConvincing(ctx: Context, consumerId: string, misbehaviour: Misbehaviour): void {
    const [first] = sidesOf(misbehaviour);
    const chainId = requireChainId(ctx, consumerId);
    if (chainId !== first.header.chainId)
      throw plainError(
        `incorrect misbehaviour for a different chain id (${first.header.chainId}) than that of the consumer chain ${chainId} (consumerId: ${consumerId})`,
      );
    const clientId = state.clientOfConsumer.get(ctx, consumerId);
    if (clientId === undefined)
      throw plainError(
        `incorrect misbehaviour with conflicting headers from a non-existent consumer chain (consumerId: ${consumerId})`,
      );
    if (clientId !== misbehaviour.clientId)
      throw plainError(
        `incorrect misbehaviour: expected client ID for consumer chain with id ${consumerId} is ${clientId} got ${misbehaviour.clientId}`,
      );
    const height = headerHeight(misbehaviour.header1!);
    if (compareHeights(height, headerHeight(misbehaviour.header2!)) !== 0)
      throw clientErrors.invalidMisbehaviour("headers are not at same height");
    const minHeight = state.evidenceMinHeight.get(ctx, consumerId) ?? 0n;
    if (height.revisionHeight < minHeight)
      throw ccvErrors.invalidDoubleVotingEvidence(
        `evidence for consumer chain ${consumerId} is too old - evidence height (${height.revisionHeight}), min (${minHeight})`,
      );
    // State-breaking: the light client looks for its state here, and once more to verify; each costs gas.
    client.tendermintClientState(ctx, clientId);
    if (!provesMisbehaviour(misbehaviour))
      throw clientErrors.invalidMisbehaviour(`invalid misbehaviour for client-id: ${clientId}`);
    client.verifyTendermintMisbehaviour(ctx, clientId, misbehaviour);
  }

  return {
    /**
     * Punishes all validators that signed both headers. Those that cannot be punished any more are skipped; throws when
     * nobody was. The client is not frozen by it.
     */
    handle(ctx: Context, consumerId: string, misbehaviour: Misbehaviour): void {
      assertConvincing(ctx, consumerId, misbehaviour);
      const signers = signersOfBoth(misbehaviour);
      const { doubleSign } = requireInfractionParams(ctx, consumerId);
      if (doubleSign === undefined) throw plainError("no double sign parameters");
      let punished = 0;
      for (const address of signers) {
        const providerAddress = toProviderAddress(ctx, consumerId, address);
        const branch = ctx.branch();
        if (refusalOf(() => punish.equivocation(branch.ctx, providerAddress, doubleSign)) !== undefined)
          continue;
        branch.commit();
        punished += 1;
      }
      if (punished === 0)
        throw plainError(
          `failed to slash, jail, or tombstone all validators: [${signers.map((a) => validatorText(misbehaviour, a)).join(" ")}]`,
        );
    },
  };
}

/** See {@link createMisbehaviour}. */
export type MisbehaviourHandler = ReturnType<typeof createMisbehaviour>;
