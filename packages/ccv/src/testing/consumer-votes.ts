/** For tests of this package: validators of a consumer that sign what they should not. */
import {
  absentCommitSig,
  BLOCK_ID_FLAG,
  commitSignBytes,
  ed25519Key,
  headerHash,
  makeValidator,
  newValidatorSet,
  SIGNED_MESSAGE,
  validatorSetHash,
  validatorSetToProto,
  voteSignBytes,
} from "@tandem-ics/comet";
import { ed25519Address, ed25519PublicKey, ed25519Sign, sha256, toBase64, utf8 } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import {
  Header as IbcHeader,
  type Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { type BlockID, type Commit, Header, type Vote } from "cosmjs-types/tendermint/types/types";

const TIME_NS = 1_700_000_000_000_000_000n;
const digest = (text: string): Uint8Array => sha256(utf8(text));

/** A key pair for consumers. */
export interface Signer {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: Uint8Array;
  /** Public key as key assignment takes it. */
  readonly keyJson: string;
}

/** The `n`th signer. */
export function signerOf(n: number): Signer {
  const seed = digest(`consumer key ${n}`);
  const publicKey = ed25519PublicKey(seed);
  return {
    seed,
    publicKey,
    address: ed25519Address(publicKey),
    keyJson: `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${toBase64(publicKey)}"}`,
  };
}

const setOf = (signers: readonly Signer[], powers: readonly bigint[] = []) =>
  newValidatorSet(signers.map(({ publicKey }, i) => makeValidator(ed25519Key(publicKey), powers[i] ?? 10n)));

/** A block id made of one letter. */
export const someBlockId = (letter: string): BlockID => ({
  hash: digest(letter),
  partSetHeader: { total: 1, hash: digest(`parts of ${letter}`) },
});

/** One side of a fork. */
export interface ForkSide {
  readonly signers: readonly Signer[];
  /** Of the signers, in their order; 10 each by default. */
  readonly powers?: readonly bigint[];
  readonly chainId?: string;
  readonly height?: bigint;
  readonly round?: number;
  readonly changes?: Partial<Header>;
  /** Numbers in the set who vote for nothing, and who do not vote. */
  readonly nil?: readonly number[];
  readonly absent?: readonly number[];
}

/** A header with its commit, as clients are shown it. */
export function ibcHeader(side: ForkSide): IbcHeader {
  const {
    signers,
    powers,
    chainId = "consumer-1",
    height = 5n,
    round = 0,
    changes = {},
    nil = [],
    absent = [],
  } = side;
  const set = setOf(signers, powers);
  const header: Header = {
    ...Header.fromPartial({
      version: { block: 11n, app: 0n },
      chainId,
      height,
      time: nsToTimestamp(TIME_NS),
      lastBlockId: someBlockId("last"),
      lastCommitHash: digest("last commit"),
      dataHash: digest("data"),
      validatorsHash: validatorSetHash(set),
      nextValidatorsHash: validatorSetHash(set),
      consensusHash: digest("consensus"),
      appHash: digest("app"),
      lastResultsHash: digest("results"),
      evidenceHash: digest("evidence"),
      proposerAddress: set.proposer.address,
    }),
    ...changes,
  };
  const commit: Commit = {
    height,
    round,
    blockId: { hash: headerHash(header), partSetHeader: { total: 1, hash: digest("parts") } },
    signatures: set.validators.map(({ address }, i) =>
      absent.includes(i)
        ? absentCommitSig()
        : {
            blockIdFlag: nil.includes(i) ? BLOCK_ID_FLAG.nil : BLOCK_ID_FLAG.commit,
            validatorAddress: address,
            timestamp: nsToTimestamp(TIME_NS + BigInt(i)),
            signature: new Uint8Array(64),
          },
    ),
  };
  const signBytes = commitSignBytes(chainId, commit);
  commit.signatures.forEach((slot, i) => {
    const signer = signers.find(({ address }) => Buffer.compare(address, slot.validatorAddress) === 0);
    if (signer !== undefined) slot.signature = ed25519Sign(signer.seed, signBytes(i));
  });
  return IbcHeader.fromPartial({
    signedHeader: { header, commit },
    validatorSet: validatorSetToProto(set),
    trustedHeight: { revisionNumber: 1n, revisionHeight: 1n },
    trustedValidators: validatorSetToProto(set),
  });
}

/** A fork as evidence against a client. */
export const forkOf = (a: ForkSide, b: ForkSide, clientId = "07-tendermint-0"): Misbehaviour => ({
  clientId,
  header1: ibcHeader(a),
  header2: ibcHeader(b),
});

/** A signed precommit. */
export function voteOf(signer: Signer, chainId: string, letter: string, changes: Partial<Vote> = {}): Vote {
  const vote: Vote = {
    type: SIGNED_MESSAGE.precommit,
    height: 5n,
    round: 0,
    blockId: someBlockId(letter),
    timestamp: nsToTimestamp(TIME_NS),
    validatorAddress: signer.address,
    validatorIndex: 0,
    signature: new Uint8Array(0),
    extension: new Uint8Array(0),
    extensionSignature: new Uint8Array(0),
    ...changes,
  };
  return { ...vote, signature: ed25519Sign(signer.seed, voteSignBytes(chainId, vote)) };
}

/** Two votes as evidence, in their required order. */
export function duplicateVotes(votes: readonly [Vote, Vote]): DuplicateVoteEvidence {
  const [voteA, voteB] = [...votes].sort((a, b) => Buffer.compare(a.blockId.hash, b.blockId.hash));
  return DuplicateVoteEvidence.fromPartial({
    voteA: voteA!,
    voteB: voteB!,
    totalVotingPower: 30n,
    validatorPower: 10n,
    timestamp: nsToTimestamp(TIME_NS),
  });
}
