/** Small chains with known keys, for the tests of this package. */
import { EMPTY, ed25519Sign, sha256, toBinary, utf8 } from "@tandem-ics/crypto";
import type { ResponseFinalizeBlock } from "cosmjs-types/tendermint/abci/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { Evidence } from "cosmjs-types/tendermint/types/evidence";
import type { BlockID, Commit, Header, LightBlock, Vote } from "cosmjs-types/tendermint/types/types";
import { emptyCommit } from "./commit.ts";
import { absentCommitSig, BLOCK_ID_FLAG } from "./commit-sig.ts";
import { defaultConsensusParams } from "./consensus-params.ts";
import type { GenesisDoc } from "./files/genesis.ts";
import { keyPairOfSeed } from "./files/validator-key.ts";
import { headerHash } from "./header.ts";
import { blockId } from "./part-set.ts";
import { newValidatorSet } from "./proposer-rotation.ts";
import { ed25519Key } from "./public-key.ts";
import { commitSignBytes, SIGNED_MESSAGE, voteSignBytes } from "./sign-bytes.ts";
import { applyBlock } from "./state/apply-block.ts";
import { type ChainState, genesisState, proposerAt } from "./state/chain-state.ts";
import { makeBlock } from "./state/make-block.ts";
import { nsToTimestamp } from "./time.ts";
import { makeValidator, type Validator } from "./validator.ts";
import { type ValidatorSet, validatorSetToProto } from "./validator-set.ts";
import { validatorSetHash } from "./validators-hash.ts";

/** 2026-01-01T00:00:00Z. */
export const START_NS = 1_767_225_600_000_000_000n;
/** One second. */
export const SECOND_NS = 1_000_000_000n;

/** Seeds by binary address. */
export type Seeds = Map<string, Uint8Array>;

/** Validator number `i` of these tests: its key comes of its number alone. */
export function memberOf(i: number, power: bigint): { validator: Validator; seed: Uint8Array } {
  const seed = sha256(utf8(`test validator ${i}`));
  return { seed, validator: makeValidator(ed25519Key(keyPairOfSeed(seed).publicKey), power) };
}

/** A set of validators 0, 1, … with these powers, and their seeds. */
export function makeSet(powers: readonly bigint[]): { set: ValidatorSet; seeds: Seeds } {
  const members = powers.map((power, i) => memberOf(i, power));
  const seeds: Seeds = new Map(members.map(({ validator, seed }) => [toBinary(validator.address), seed]));
  return { set: newValidatorSet(members.map(({ validator }) => validator)), seeds };
}

/** How each validator of the set votes; all for the block unless said. */
export type Flags = readonly number[];

/** A commit of `set` for `id`, each signature a millisecond after the other, from `fromNs` on. */
export function makeCommit(made: {
  chainId: string;
  height: bigint;
  id: BlockID;
  set: ValidatorSet;
  seeds: Seeds;
  flags?: Flags;
  round?: number;
  fromNs?: bigint;
}): Commit {
  const {
    chainId,
    height,
    id,
    set,
    seeds,
    flags = [],
    round = 0,
    fromNs = START_NS + height * SECOND_NS,
  } = made;
  const commit: Commit = { height, round, blockId: id, signatures: [] };
  commit.signatures = set.validators.map(({ address }, i) => {
    const blockIdFlag = flags[i] ?? BLOCK_ID_FLAG.commit;
    if (blockIdFlag === BLOCK_ID_FLAG.absent) return absentCommitSig();
    const timestamp = nsToTimestamp(fromNs + BigInt(i) * 1_000_000n);
    return { blockIdFlag, validatorAddress: address, timestamp, signature: EMPTY };
  });
  resign(chainId, commit, seeds);
  return commit;
}

/** Signs anew whatever is not absent. */
export function resign(chainId: string, commit: Commit, seeds: Seeds): void {
  const signBytes = commitSignBytes(chainId, commit);
  commit.signatures.forEach((slot, i) => {
    const seed = seeds.get(toBinary(slot.validatorAddress));
    if (seed !== undefined) slot.signature = ed25519Sign(seed, signBytes(i));
  });
}

/** A signed vote of `validator`. */
export function makeVote(
  chainId: string,
  seed: Uint8Array,
  vote: Partial<Vote> & Pick<Vote, "blockId">,
): Vote {
  const unsigned: Vote = {
    type: SIGNED_MESSAGE.precommit,
    height: 3n,
    round: 0,
    timestamp: nsToTimestamp(START_NS),
    validatorAddress: makeValidator(ed25519Key(keyPairOfSeed(seed).publicKey), 1n).address,
    validatorIndex: 0,
    signature: EMPTY,
    extension: EMPTY,
    extensionSignature: EMPTY,
    ...vote,
  };
  return { ...unsigned, signature: ed25519Sign(seed, voteSignBytes(chainId, unsigned)) };
}

/** A block id made of one letter. */
export const someBlockId = (letter: string): BlockID => ({
  hash: sha256(utf8(letter)),
  partSetHeader: { total: 1, hash: sha256(utf8(`parts of ${letter}`)) },
});

/** A header of `set` at `height`, one second a block. */
export function makeHeader(set: ValidatorSet, height: bigint, change: Partial<Header> = {}): Header {
  const hash = (text: string): Uint8Array => sha256(utf8(text));
  return {
    version: { block: 11n, app: 0n },
    chainId: "test-1",
    height,
    time: nsToTimestamp(START_NS + height * SECOND_NS),
    lastBlockId: someBlockId(`block ${height - 1n}`),
    lastCommitHash: hash("last commit"),
    dataHash: hash("data"),
    validatorsHash: validatorSetHash(set),
    nextValidatorsHash: validatorSetHash(set),
    consensusHash: hash("consensus"),
    appHash: hash(`app ${height}`),
    lastResultsHash: hash("results"),
    evidenceHash: hash("evidence"),
    proposerAddress: set.proposer.address,
    ...change,
  };
}

/** A light block of `set` with a commit for its header. */
export function makeLightBlock(
  { set, seeds }: { set: ValidatorSet; seeds: Seeds },
  height: bigint,
  change: { header?: Partial<Header>; flags?: Flags; round?: number } = {},
): LightBlock & { signedHeader: { header: Header; commit: Commit } } {
  const header = makeHeader(set, height, change.header);
  const id = { hash: headerHash(header), partSetHeader: { total: 1, hash: sha256(utf8("parts")) } };
  const commit = makeCommit({
    chainId: header.chainId,
    height: header.height,
    id,
    set,
    seeds,
    fromNs: START_NS + (height + 1n) * SECOND_NS,
    ...(change.flags === undefined ? {} : { flags: change.flags }),
    ...(change.round === undefined ? {} : { round: change.round }),
  });
  return { signedHeader: { header, commit }, validatorSet: validatorSetToProto(set) };
}

/** Genesis of a chain with validators 0, 1, … of these powers. */
export const makeGenesis = (powers: readonly bigint[], change: Partial<GenesisDoc> = {}): GenesisDoc => ({
  genesisTime: nsToTimestamp(START_NS),
  chainId: "test-1",
  initialHeight: 1n,
  consensusParams: defaultConsensusParams(),
  validators: powers.map((power, i) => ({
    pubKey: memberOf(i, power).validator.pubKey,
    power,
    name: `v${i}`,
  })),
  appHash: EMPTY,
  appState: "{}",
  ...change,
});

/** An application's answer that changes nothing but the app hash. */
export const answer = (change: Partial<ResponseFinalizeBlock> = {}): ResponseFinalizeBlock => ({
  events: [],
  txResults: [],
  validatorUpdates: [],
  appHash: sha256(utf8("app")),
  ...change,
});

/** A chain that grows a block at a time, signed by validators 0 … 9. */
export interface GrowingChain {
  state: ChainState;
  lastCommit: Commit;
  readonly seeds: Seeds;
  /** The block to come, not yet applied. */
  propose(content?: { txs?: Uint8Array[]; evidence?: Evidence[] }): Block;
  /** Applies `block` and signs its commit. */
  decide(block: Block, response?: ResponseFinalizeBlock, flags?: Flags): BlockID;
}

/** A chain at genesis. */
export function makeChain(powers: readonly bigint[]): GrowingChain {
  const seeds: Seeds = new Map();
  for (let i = 0; i < 10; i++) {
    const { validator, seed } = memberOf(i, 1n);
    seeds.set(toBinary(validator.address), seed);
  }
  const chain: GrowingChain = {
    state: genesisState(makeGenesis(powers)),
    lastCommit: emptyCommit(),
    seeds,
    propose: ({ txs = [], evidence = [] } = {}) =>
      makeBlock({
        state: chain.state,
        txs,
        evidence,
        lastCommit: chain.lastCommit,
        proposerAddress: proposerAt(chain.state, 0).address,
      }),
    decide(block, response = answer(), flags = []) {
      const id = blockId(block);
      const { chainId, validators: set } = chain.state;
      const { height } = block.header;
      chain.lastCommit = makeCommit({ chainId, height, id, set, seeds, flags });
      chain.state = applyBlock(chain.state, block, id, response);
      return id;
    },
  };
  return chain;
}
