import { EMPTY, merkleRoot, sha256, utf8 } from "@tandem-ics/crypto";
import type { ExecTxResult } from "cosmjs-types/tendermint/abci/types";
import type { Block } from "cosmjs-types/tendermint/types/block";
import type { Header } from "cosmjs-types/tendermint/types/types";
import { commitHash, emptyCommit } from "../commit.ts";
import { defaultConsensusParams } from "../consensus-params.ts";
import { isCometError } from "../errors.ts";
import { duplicateVoteEvidence } from "../evidence/duplicate-vote.ts";
import { evidenceHash } from "../evidence/evidence.ts";
import { incrementProposerPriority } from "../proposer-rotation.ts";
import { resultsHash } from "../results.ts";
import {
  answer,
  makeChain,
  makeGenesis,
  makeVote,
  memberOf,
  resign,
  SECOND_NS,
  START_NS,
  someBlockId,
} from "../testing.ts";
import { nsToTimestamp } from "../time.ts";
import { sameValidatorSet } from "../validator-set.ts";
import { validatorSetHash } from "../validators-hash.ts";
import {
  commitInfo,
  finalizeBlockRequest,
  prepareProposalRequest,
  processProposalRequest,
} from "./abci-requests.ts";
import { applyBlock } from "./apply-block.ts";
import { bftTime, genesisState, initChainRequest, proposerAt } from "./chain-state.ts";
import { decodeChainState, encodeChainState } from "./chain-state-bytes.ts";
import { makeBlock } from "./make-block.ts";
import { validateBlock } from "./validate-block.ts";

const result = (code: number): ExecTxResult => ({
  code,
  data: EMPTY,
  log: "",
  info: "",
  gasWanted: 5n,
  gasUsed: 3n,
  events: [],
  codespace: "",
});
const codeOf = (f: () => unknown): unknown => {
  try {
    f();
    return undefined;
  } catch (error) {
    if (isCometError(error)) return error.code === "blockMismatch" ? error.fields["field"] : error.code;
    throw error;
  }
};

describe("genesis", () => {
  test("sets of the first two heights are one step of rotation apart", () => {
    const state = genesisState(makeGenesis([3n, 2n, 1n]));
    expect(sameValidatorSet(state.nextValidators, incrementProposerPriority(state.validators, 1))).toBe(true);
    expect(state).toMatchObject({
      lastBlockHeight: 0n,
      lastBlockTimeNs: START_NS,
      lastValidators: undefined,
    });
    expect(state.lastResultsHash.length).toBe(0);
  });

  test("an application's validators replace those of the file, its parameters are merged", () => {
    const initChain = {
      validators: [{ pubKey: memberOf(5, 1n).validator.pubKey, power: 7n }],
      appHash: utf8("hash"),
      consensusParams: { version: { app: 4n } },
    };
    const state = genesisState(makeGenesis([3n]), { initChain });
    expect(state.validators.totalVotingPower).toBe(7n);
    expect([state.appVersion, state.consensusParams.block]).toEqual([4n, defaultConsensusParams().block]);
    expect(state.appHash).toEqual(utf8("hash"));
    expect(state.lastResultsHash).toEqual(merkleRoot([]));
  });

  test("what the application leaves open is as in the file and as it said of itself", () => {
    const initChain = { validators: [], appHash: EMPTY };
    const doc = makeGenesis([3n], { appHash: utf8("file") });
    const state = genesisState(doc, { initChain, appVersion: 9n });
    expect([state.appVersion, state.appHash, state.validators.totalVotingPower]).toEqual([
      9n,
      utf8("file"),
      3n,
    ]);
    expect(codeOf(() => genesisState(makeGenesis([]), { initChain }))).toBe("emptyValidatorSet");
  });

  test("the application is told everything, validators in set order", () => {
    const request = initChainRequest(makeGenesis([1n, 9n], { appState: '{"a":1}', initialHeight: 4n }));
    expect(request.validators.map(({ power }) => power)).toEqual([9n, 1n]);
    expect(request).toMatchObject({ chainId: "test-1", initialHeight: 4n, appStateBytes: utf8('{"a":1}') });
    expect(initChainRequest(makeGenesis([])).validators).toEqual([]);
  });
});

describe("a growing chain", () => {
  test("is valid block after block, whoever votes", () => {
    const chain = makeChain([5n, 4n, 3n, 2n]);
    for (const flags of [[], [2, 2, 3], [2, 2, 2, 1], [2, 3, 2, 2], []]) {
      const block = chain.propose({ txs: [utf8("tx")] });
      validateBlock(chain.state, block);
      chain.decide(block, answer({ txResults: [result(0)] }), flags);
      const again = decodeChainState(encodeChainState(chain.state));
      expect(sameValidatorSet(again.nextValidators, chain.state.nextValidators)).toBe(true);
      expect(again).toEqual(chain.state);
    }
    expect(chain.state.lastBlockHeight).toBe(5n);
    expect(proposerAt(chain.state, 0)).toEqual(chain.state.validators.proposer);
    expect(proposerAt(chain.state, 2)).toEqual(incrementProposerPriority(chain.state.validators, 2).proposer);
  });

  test("starts at its initial height with genesis time and no commit", () => {
    const state = genesisState(makeGenesis([1n], { initialHeight: 1000n }));
    const block = makeBlock({
      state,
      txs: [],
      evidence: [],
      lastCommit: emptyCommit(),
      proposerAddress: state.validators.proposer.address,
    });
    expect([block.header.height, block.header.time]).toEqual([1000n, nsToTimestamp(START_NS)]);
    validateBlock(state, block);
    expect(decodeChainState(encodeChainState(state))).toEqual(state);
  });

  test("a validator update is in force two heights on and visible one before", () => {
    const chain = makeChain([5n, 4n]);
    const before = validatorSetHash(chain.state.validators);
    const pubKey = memberOf(3, 1n).validator.pubKey;
    chain.decide(chain.propose(), answer({ validatorUpdates: [{ pubKey, power: 3n }] }));
    const second = chain.propose().header;
    expect(second.validatorsHash).toEqual(before);
    expect(second.nextValidatorsHash).not.toEqual(before);
    expect(chain.state.lastHeightValidatorsChanged).toBe(3n);
    chain.decide(chain.propose());
    expect(chain.propose().header.validatorsHash).toEqual(second.nextValidatorsHash);
    chain.decide(chain.propose(), answer({ validatorUpdates: [{ pubKey, power: 0n }] }));
    for (let i = 0; i < 3; i++) {
      validateBlock(chain.state, chain.propose());
      chain.decide(chain.propose());
    }
    expect(chain.propose().header.validatorsHash).toEqual(before);
  });

  test("results and parameters show in the next header", () => {
    const chain = makeChain([5n]);
    const update = { block: { maxBytes: 1_500_000n, maxGas: 7n }, version: { app: 3n } };
    const response = answer({ txResults: [result(1), result(0)], consensusParamUpdates: update });
    const first = chain.propose({ txs: [utf8("a"), utf8("b")] });
    chain.decide(first, response);
    const { header } = chain.propose();
    expect(header.lastResultsHash).toEqual(resultsHash(response.txResults));
    expect(header.consensusHash).not.toEqual(first.header.consensusHash);
    expect([header.version.app, chain.state.lastHeightConsensusParamsChanged]).toEqual([3n, 2n]);
    expect(header.appHash).toEqual(response.appHash);
  });

  const secp = { secp256k1: new Uint8Array(33).fill(2) };
  test.each([
    ["a result missing", answer(), "wrongResultCount"],
    [
      "a removal of a stranger",
      answer({
        txResults: [result(0)],
        validatorUpdates: [{ pubKey: memberOf(8, 1n).validator.pubKey, power: 0n }],
      }),
      "unknownValidator",
    ],
    [
      "a removal of everybody",
      answer({
        txResults: [result(0)],
        validatorUpdates: [0, 1].map((i) => ({ pubKey: memberOf(i, 1n).validator.pubKey, power: 0n })),
      }),
      "emptyValidatorSet",
    ],
    [
      "a key of a type not allowed",
      answer({ txResults: [result(0)], validatorUpdates: [{ pubKey: secp, power: 1n }] }),
      "keyTypeNotAllowed",
    ],
    [
      "impossible parameters",
      answer({ txResults: [result(0)], consensusParamUpdates: { block: { maxBytes: 0n, maxGas: 0n } } }),
      "invalidConsensusParams",
    ],
  ])("stops at an answer with %s", (_, response, code) => {
    const chain = makeChain([5n, 4n]);
    const block = chain.propose({ txs: [utf8("a")] });
    expect(codeOf(() => applyBlock(chain.state, block, someBlockId("a"), response))).toBe(code);
  });
});

describe("a block is refused", () => {
  const chain = makeChain([6n, 4n, 2n]);
  chain.decide(chain.propose());
  chain.decide(chain.propose(), answer(), [2, 2, 3]);
  const { state } = chain;
  const good = chain.propose({ txs: [utf8("tx")] });
  const withHeader = (change: Partial<Header>): Block => ({ ...good, header: { ...good.header, ...change } });
  const other = sha256(utf8("other"));
  const stranger = memberOf(8, 1n).validator.address;

  test.each([
    ["version", withHeader({ version: { block: 11n, app: 1n } }), "version"],
    ["chain id", withHeader({ chainId: "test-2" }), "chainId"],
    ["height", withHeader({ height: 4n }), "height"],
    ["last block id", withHeader({ lastBlockId: someBlockId("x") }), "lastBlockId"],
    ["app hash", withHeader({ appHash: other }), "appHash"],
    ["consensus hash", withHeader({ consensusHash: other }), "consensusHash"],
    ["results hash", withHeader({ lastResultsHash: other }), "lastResultsHash"],
    ["validators hash", withHeader({ validatorsHash: other }), "validatorsHash"],
    ["next validators hash", withHeader({ nextValidatorsHash: other }), "nextValidatorsHash"],
    ["proposer", withHeader({ proposerAddress: stranger }), "proposerAddress"],
    ["time", withHeader({ time: nsToTimestamp(state.lastBlockTimeNs + SECOND_NS / 2n) }), "time"],
    ["time before the last block's", withHeader({ time: nsToTimestamp(state.lastBlockTimeNs) }), "time"],
    ["data hash", withHeader({ dataHash: other }), "invalidBlock"],
    ["evidence hash", withHeader({ evidenceHash: other }), "invalidBlock"],
    ["last commit hash", withHeader({ lastCommitHash: other }), "invalidBlock"],
    ["transactions", { ...good, data: { txs: [] } }, "invalidBlock"],
    [
      "last commit missing",
      { header: good.header, data: good.data, evidence: good.evidence },
      "invalidBlock",
    ],
    ["form", withHeader({ height: 0n }), "invalidBlock"],
  ])("for its %s", (_, block, code) => {
    validateBlock(state, good);
    expect(codeOf(() => validateBlock(state, block))).toBe(code);
  });

  const withCommit = (change: (commit: typeof chain.lastCommit) => void): Block => {
    const lastCommit = structuredClone(chain.lastCommit);
    change(lastCommit);
    return makeBlock({
      state,
      txs: [],
      evidence: [],
      lastCommit,
      proposerAddress: good.header.proposerAddress,
    });
  };

  test("when addresses in its last commit are swapped to move the time", () => {
    const block = withCommit(({ signatures }) => {
      const address = signatures[0]!.validatorAddress;
      signatures[0]!.validatorAddress = signatures[2]!.validatorAddress;
      signatures[2]!.validatorAddress = address;
    });
    expect(block.header.time).not.toEqual(good.header.time);
    expect(codeOf(() => validateBlock(state, block))).toBe("addressMismatch");
  });

  test("when a nil vote in its last commit, which counts for the time, is not signed", () => {
    const block = withCommit(({ signatures }) => {
      signatures[2]!.timestamp = nsToTimestamp(START_NS);
    });
    expect(codeOf(() => validateBlock(state, block))).toBe("wrongSignature");
  });

  test("when its last commit is thin", () => {
    const block = withCommit((commit) => {
      commit.signatures[0]!.blockIdFlag = 3;
      resign(state.chainId, commit, chain.seeds);
    });
    expect(codeOf(() => validateBlock(state, block))).toBe("notEnoughVotingPower");
  });

  test("when it has more evidence than allowed", () => {
    const { seed } = memberOf(0, 5n);
    const [a, b] = ["a", "b"].map((x) =>
      makeVote(state.chainId, seed, { blockId: someBlockId(x), height: 1n }),
    );
    const context = { blockTime: nsToTimestamp(START_NS), validatorSet: state.validators };
    const evidence = [{ duplicateVoteEvidence: duplicateVoteEvidence(a!, b!, context) }];
    const block = chain.propose({ evidence });
    expect(block.header.evidenceHash).toEqual(evidenceHash(evidence));
    validateBlock(state, block);
    const { consensusParams } = state;
    const tight = { ...consensusParams, evidence: { ...consensusParams.evidence, maxBytes: 300n } };
    expect(codeOf(() => validateBlock({ ...state, consensusParams: tight }, block))).toBe("evidence");
    expect(finalizeBlockRequest(state, block).misbehavior).toMatchObject([{ type: 1, height: 1n }]);
  });

  test("when it is the first and has signatures or another time", () => {
    const genesis = genesisState(makeGenesis([6n, 4n, 2n]));
    const first = (change: { lastCommit?: typeof chain.lastCommit; timeNs?: bigint }): Block =>
      makeBlock({
        state: genesis,
        txs: [],
        evidence: [],
        lastCommit: emptyCommit(),
        proposerAddress: genesis.validators.proposer.address,
        ...change,
      });
    validateBlock(genesis, first({}));
    expect(codeOf(() => validateBlock(genesis, first({ lastCommit: chain.lastCommit })))).toBe("lastCommit");
    expect(codeOf(() => validateBlock(genesis, first({ timeNs: START_NS + 1n })))).toBe("time");
  });
});

describe("what the application is asked", () => {
  const chain = makeChain([5n, 4n, 3n]);
  const first = chain.propose();
  test("of the first block there are no votes to tell of", () => {
    expect(finalizeBlockRequest(chain.state, first).decidedLastCommit).toEqual({ round: 0, votes: [] });
  });

  test("of later ones all votes are told in set order", () => {
    chain.decide(first, answer(), [2, 1, 2]);
    const { state } = chain;
    const block = chain.propose({ txs: [utf8("x")] });
    const request = finalizeBlockRequest(state, block);
    expect(request.decidedLastCommit.votes.map((v) => [v.validator.power, v.blockIdFlag])).toEqual([
      [5n, 2],
      [4n, 1],
      [3n, 2],
    ]);
    expect(request).toMatchObject({ height: 2n, txs: [utf8("x")], time: block.header.time });
    expect(processProposalRequest(state, block).proposedLastCommit).toEqual(request.decidedLastCommit);
    const prepare = prepareProposalRequest(state, block, 99n);
    expect([prepare.maxTxBytes, prepare.localLastCommit.votes.length]).toEqual([99n, 3]);
    expect(bftTime(state, chain.lastCommit)).toBeGreaterThan(state.lastBlockTimeNs);
    expect(codeOf(() => commitInfo(emptyCommit(), state.validators))).toBe("wrongCommitSize");
  });
});

test("a block's last commit hash is over what it carries", () => {
  const chain = makeChain([2n, 1n]);
  chain.decide(chain.propose());
  expect(chain.propose().header.lastCommitHash).toEqual(commitHash(chain.lastCommit));
});
