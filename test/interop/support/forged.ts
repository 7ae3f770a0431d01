/** What a chain never said: headers with one bit changed, and headers that contradict it. */
import { absentCommitSig, headerHash, validatorSetFromProto, voteSignBytes } from "@tandem-ics/comet";
import { ed25519Sign, equalBytes } from "@tandem-ics/crypto";
import { nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import {
  type CommitSig,
  Header,
  type SignedHeader,
  SignedMsgType,
} from "cosmjs-types/tendermint/types/types";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import { flipBit, type Random } from "./random.ts";

/** A header with one bit changed, and where. */
export interface Altered {
  readonly what: string;
  readonly header: ClientHeader;
}

const complete = ({ signedHeader }: ClientHeader): Required<SignedHeader> =>
  signedHeader as Required<SignedHeader>;

/** Flips one bit, at random, in something that the light client must look at. */
export function alter(original: ClientHeader, random: Random): Altered {
  const { header, commit } = complete(original);
  const rebuilt = (changed: Partial<SignedHeader>): ClientHeader => ({
    ...original,
    signedHeader: { header, commit, ...changed },
  });
  const flipped = (bytes: Uint8Array): Uint8Array => flipBit(bytes, random.below(8 * bytes.length));
  const fields = [
    "appHash",
    "validatorsHash",
    "nextValidatorsHash",
    "lastResultsHash",
    "consensusHash",
    "lastCommitHash",
    "dataHash",
    "evidenceHash",
    "proposerAddress",
  ] as const;
  switch (random.below(6)) {
    case 0:
      return {
        what: "time",
        header: rebuilt({ header: { ...header, time: nsToTimestamp(timestampToNs(header.time) + 1n) } }),
      };
    case 1:
      return {
        what: "block id",
        header: rebuilt({
          commit: { ...commit, blockId: { ...commit.blockId, hash: flipped(commit.blockId.hash) } },
        }),
      };
    case 2: {
      // Counting ends with two thirds of the power: only the first signature is surely looked at.
      const index = commit.signatures.findIndex(
        ({ blockIdFlag }) => blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
      );
      const signatures = commit.signatures.map((signature, i) =>
        i === index ? { ...signature, signature: flipped(signature.signature) } : signature,
      );
      return { what: "signature", header: rebuilt({ commit: { ...commit, signatures } }) };
    }
    case 3: {
      const set = original.validatorSet!;
      const validators = set.validators.map((validator, i) =>
        i === 0 ? { ...validator, pubKey: { ed25519: flipped(validator.pubKey!.ed25519!) } } : validator,
      );
      return { what: "validator's key", header: { ...original, validatorSet: { ...set, validators } } };
    }
    case 4: {
      const set = original.trustedValidators!;
      const validators = set.validators.map((validator, i) =>
        i === 0 ? { ...validator, votingPower: validator.votingPower ^ 1n } : validator,
      );
      return { what: "trusted power", header: { ...original, trustedValidators: { ...set, validators } } };
    }
    default: {
      const field = random.pick(fields);
      return { what: field, header: rebuilt({ header: { ...header, [field]: flipped(header[field]) } }) };
    }
  }
}

/**
 * A header of the same height with other content, signed by the validator of `seed`, as if it had signed twice. It convinces
 * those who trust that validator with more than two thirds.
 */
export function contradict(original: ClientHeader, seed: Uint8Array, address: Uint8Array): ClientHeader {
  const own = complete(original);
  const header = Header.fromPartial({
    ...own.header,
    time: nsToTimestamp(timestampToNs(own.header.time) + 1n),
  });
  const hash = headerHash(header);
  const blockId = { hash, partSetHeader: { total: 1, hash } };
  const { height, round } = own.commit;
  const timestamp = header.time;
  const { validators } = validatorSetFromProto(original.validatorSet);
  const signatures = validators.map((validator, validatorIndex): CommitSig => {
    if (!equalBytes(validator.address, address)) return absentCommitSig();
    const message = voteSignBytes(header.chainId, {
      type: SignedMsgType.SIGNED_MSG_TYPE_PRECOMMIT,
      height,
      round,
      blockId,
      timestamp,
      validatorIndex,
      extension: new Uint8Array(),
      extensionSignature: new Uint8Array(),
    });
    return {
      blockIdFlag: BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
      validatorAddress: address,
      timestamp,
      signature: ed25519Sign(seed, message),
    };
  });
  return { ...original, signedHeader: { header, commit: { height, round, blockId, signatures } } };
}
