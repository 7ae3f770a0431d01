/** Hashes, sign bytes, sets and whole chains as CometBFT 0.38 computes them. */

import {
  applyBlock,
  BLOCK_ID_FLAG,
  blockFromRpcJson,
  blockId,
  blockIdToRpcJson,
  blockResultsToRpcJson,
  blockToRpcJson,
  type ChainState,
  commitHash,
  commitSignBytes,
  consensusParamsFromRpcJson,
  consensusParamsHash,
  consensusParamsToRpcJson,
  dataHash,
  decodeChainState,
  defaultConsensusParams,
  deterministicResult,
  ed25519Key,
  emptyCommit,
  encodeBlock,
  encodeChainState,
  evidenceBytes,
  evidenceFromRpcJson,
  evidenceHash,
  evidenceHeight,
  evidenceIdHash,
  evidenceToAbci,
  evidenceToRpcJson,
  type FullConsensusParams,
  genesisState,
  headerFromRpcJson,
  headerHash,
  headerToRpcJson,
  type JsonObject,
  type JsonValue,
  makeBlock,
  makePartSet,
  makeValidator,
  newValidatorSet,
  proposalSignBytes,
  proposerAt,
  publicKeyAddress,
  readJson,
  resultsHash,
  secp256k1Key,
  signedHeaderFromRpcJson,
  signedHeaderToRpcJson,
  simpleValidatorBytes,
  txHash,
  validateBlock,
  validateEvidenceBasic,
  validateVoteBasic,
  validatorSetFromProto,
  validatorSetHash,
  validatorSetToProto,
  validatorsPageToRpcJson,
  verifyCommit,
  verifyPart,
  verifyVote,
  voteExtensionSignBytes,
  voteSignBytes,
  weightedMedian,
} from "@tandem-ics/comet";
import {
  EMPTY,
  ed25519Sign,
  fromBase64,
  fromHex,
  merkleProofs,
  merkleRoot,
  toBase64,
  toHex,
  verifyMerkleProof,
} from "@tandem-ics/crypto";
import { nsToTimestamp, parseTimestamp } from "@tandem-ics/proto";
import { ExecTxResult, Misbehavior, ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { Block } from "cosmjs-types/tendermint/types/block";
import { Evidence } from "cosmjs-types/tendermint/types/evidence";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { type BlockID, Commit, Header, Vote } from "cosmjs-types/tendermint/types/types";
import { ValidatorSet as ProtoValidatorSet } from "cosmjs-types/tendermint/types/validator";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { hasKeys, vectorFiles } from "./load.ts";

/** Members of the file; an unknown one would be a vector nobody reads. */
const SECTIONS = [
  "merkle",
  "headers",
  "validatorSets",
  "votes",
  "proposals",
  "voteExtensions",
  "txData",
  "results",
  "consensusParams",
  "medianTime",
  "chains",
  "evidence",
  "partSets",
];

// biome-ignore lint/suspicious/noExplicitAny: vectors are untyped data
type Any = any;

const files = vectorFiles(hasKeys("merkle", "headers", "validatorSets", "chains"));
const all = (section: string): Any[] => files.flatMap(({ json }) => json[section] ?? []);
const time = (text: string) => nsToTimestamp(parseTimestamp(text));
const id = (hash: string, total: number, parts: string): BlockID => ({
  hash: fromHex(hash),
  partSetHeader: { total, hash: fromHex(parts) },
});
/** Lists that Go leaves nil in a block made in memory, and shows as empty once the block was stored. */
const stored = (json: Any): JsonValue => {
  const copy = structuredClone(json);
  copy.block.data.txs ??= [];
  copy.block.evidence.evidence ??= [];
  copy.block.last_commit.signatures ??= [];
  return copy;
};

presenceTest("there are vectors of every section and no section unknown", () => {
  expect(files.length).toBeGreaterThan(0);
  for (const { json } of files)
    expect(
      Object.keys(json)
        .filter((key) => !["library", "about", "description"].includes(key))
        .sort(),
    ).toEqual([...SECTIONS].sort());
});

describe("single values", () => {
  test("Merkle roots and proofs", () => {
    for (const { items, root, proof } of all("merkle")) {
      const leaves = items.map(fromHex);
      expect(toHex(merkleRoot(leaves))).toBe(root);
      if (proof === undefined || proof === null) continue;
      const index = Number(proof.index);
      const made = merkleProofs(leaves)[index]!;
      expect({ ...made, leafHash: toHex(made.leafHash), aunts: made.aunts.map(toHex) }).toEqual({
        total: Number(proof.total),
        index,
        leafHash: proof.leafHash,
        aunts: proof.aunts,
      });
      expect(verifyMerkleProof(fromHex(root), made, leaves[index])).toBe(true);
    }
  });

  test("headers: fields, protobuf bytes, hash, JSON there and back", () => {
    for (const vector of all("headers")) {
      const header = headerOf(vector);
      expect(toBase64(Header.encode(header).finish())).toBe(vector.proto);
      expect(Header.decode(fromBase64(vector.proto))).toEqual(header);
      expect(toHex(headerHash(header))).toBe(vector.hash);
      expect(headerFromRpcJson(readJson(headerToRpcJson(header)))).toEqual(header);
    }
  });

  test("validator sets: order, priorities, proposer, total, hash, protobuf bytes", () => {
    for (const { input, sorted, proposer, total, hash, proto } of all("validatorSets")) {
      const set = newValidatorSet(
        input.map(({ type, pub, power }: Any) =>
          makeValidator((type === "ed25519" ? ed25519Key : secp256k1Key)(fromHex(pub)), BigInt(power)),
        ),
      );
      expect(
        set.validators.map((v) => ({
          address: toHex(v.address),
          power: String(v.votingPower),
          priority: String(v.proposerPriority),
          simple: toHex(simpleValidatorBytes(v)),
        })),
      ).toEqual(sorted);
      expect(toHex(set.proposer.address)).toBe(proposer);
      expect(String(set.totalVotingPower)).toBe(total);
      expect(toHex(validatorSetHash(set))).toBe(hash);
      expect(toBase64(ProtoValidatorSet.encode(validatorSetToProto(set)).finish())).toBe(proto);
      expect(validatorSetFromProto(ProtoValidatorSet.decode(fromBase64(proto)))).toEqual(set);
    }
  });

  test("votes: sign bytes, signatures, addresses, protobuf bytes", () => {
    for (const v of all("votes")) {
      const vote: Vote = {
        type: v.type,
        height: BigInt(v.height),
        round: v.round,
        blockId: id(v.blockHash, v.partsTotal, v.partsHash),
        timestamp: time(v.time),
        validatorAddress: fromHex(v.address),
        validatorIndex: v.index,
        signature: ed25519Sign(fromHex(v.priv).slice(0, 32), fromHex(v.signBytes)),
        extension: EMPTY,
        extensionSignature: EMPTY,
      };
      const key = ed25519Key(fromHex(v.pub));
      expect(toHex(publicKeyAddress(key))).toBe(v.address);
      expect(toHex(voteSignBytes(v.chainId, vote))).toBe(v.signBytes);
      expect(toHex(vote.signature)).toBe(v.signature);
      expect(toBase64(Vote.encode(vote).finish())).toBe(v.proto);
      validateVoteBasic(vote);
      verifyVote(v.chainId, vote, key);
      expect(() => verifyVote(`${v.chainId}x`, vote, key)).toThrow("wrong signature");
    }
  });

  test("sign bytes of proposals and vote extensions", () => {
    for (const p of all("proposals")) {
      const proposal = {
        type: 32,
        height: BigInt(p.height),
        round: p.round,
        polRound: p.polRound,
        blockId: id(p.blockHash, p.partsTotal, p.partsHash),
        timestamp: time(p.time),
      };
      expect(toHex(proposalSignBytes(p.chainId, proposal))).toBe(p.signBytes);
    }
    for (const { chainId, extension, height, round, signBytes } of all("voteExtensions"))
      expect(
        toHex(
          voteExtensionSignBytes(chainId, { extension: fromHex(extension), height: BigInt(height), round }),
        ),
      ).toBe(signBytes);
  });

  test("hashes of transactions, results and consensus parameters", () => {
    for (const vector of all("txData")) {
      const txs = vector.txs.map(fromBase64);
      expect(txs.map(txHash).map(toHex)).toEqual(vector.txHashes);
      expect(toHex(dataHash(txs))).toBe(vector.dataHash);
    }
    for (const vector of all("results")) {
      const results = vector.results.map((b: string) => ExecTxResult.decode(fromBase64(b)));
      expect(results.map(deterministicResult).map(toHex)).toEqual(vector.deterministic);
      expect(toHex(resultsHash(results))).toBe(vector.hash);
    }
    for (const { maxBytes, maxGas, proto, hash } of all("consensusParams")) {
      const params = ConsensusParams.decode(fromBase64(proto)) as FullConsensusParams;
      expect(params.block).toEqual({ maxBytes: BigInt(maxBytes), maxGas: BigInt(maxGas) });
      expect(toHex(consensusParamsHash(params))).toBe(hash);
      expect(toBase64(ConsensusParams.encode(params).finish())).toBe(proto);
      expect(consensusParamsFromRpcJson(readJson(consensusParamsToRpcJson(params)))).toEqual(params);
    }
  });

  test("weighted median of times", () => {
    for (const { votes, median } of all("medianTime")) {
      const times = votes.map((v: Any) => ({ timeNs: parseTimestamp(v.time), weight: BigInt(v.power) }));
      expect(weightedMedian(times)).toBe(parseTimestamp(median));
    }
  });

  test("part sets, each part with its proof", () => {
    for (const { partSets } of files.map(({ json }) => json)) {
      expect(partSets).toMatchObject({ partSize: 65536, pattern: "byte[i] = (i*7 + floor(i/256)) mod 256" });
      for (const { length, total, hash } of partSets.cases) {
        const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + Math.floor(i / 256));
        const { header, parts } = makePartSet(bytes);
        expect({ total: header.total, hash: toHex(header.hash) }).toEqual({ total, hash });
        for (const part of parts) verifyPart(header, part);
        expect(parts.flatMap(({ bytes: b }) => [...b])).toEqual([...bytes]);
      }
    }
  });
});

function headerOf(v: Any): Header {
  return {
    version: { block: BigInt(v.block), app: BigInt(v.app) },
    chainId: v.chainId,
    height: BigInt(v.height),
    time: time(v.time),
    lastBlockId: id(v.lastBlockHash, v.lastPartsTotal, v.lastPartsHash),
    lastCommitHash: fromHex(v.lastCommitHash),
    dataHash: fromHex(v.dataHash),
    validatorsHash: fromHex(v.validatorsHash),
    nextValidatorsHash: fromHex(v.nextValidatorsHash),
    consensusHash: fromHex(v.consensusHash),
    appHash: fromHex(v.appHash),
    lastResultsHash: fromHex(v.lastResultsHash),
    evidenceHash: fromHex(v.evidenceHash),
    proposerAddress: fromHex(v.proposer),
  };
}

describe("evidence", () => {
  test("bytes, hashes, ABCI form and JSON", () => {
    for (const { items, prefixHashes } of all("evidence")) {
      const evidence: Evidence[] = items.map(({ proto }: Any) => Evidence.decode(fromBase64(proto)));
      items.forEach((item: Any, i: number) => {
        const e = evidence[i]!;
        expect(item.type).toBe(
          e.duplicateVoteEvidence === undefined ? "LightClientAttackEvidence" : "DuplicateVoteEvidence",
        );
        validateEvidenceBasic(e);
        expect(toBase64(Evidence.encode(e).finish())).toBe(item.proto);
        expect(toHex(evidenceBytes(e))).toBe(item.bytes);
        expect(toHex(evidenceIdHash(e))).toBe(item.hash);
        expect(String(evidenceHeight(e))).toBe(item.height);
        expect(evidenceToAbci(e).map((m) => toBase64(Misbehavior.encode(m).finish()))).toEqual(
          item.abciMisbehavior,
        );
        expect(evidenceToRpcJson(e)).toEqual(item.rpcJson);
        expect(evidenceFromRpcJson(readJson(item.rpcJson))).toEqual(e);
      });
      for (const { count, listHash } of prefixHashes)
        expect(toHex(evidenceHash(evidence.slice(0, Number(count))))).toBe(listHash);
    }
  });
});

describeEach(all("chains").map((chain) => [chain.genesis.chainId as string, chain] as const))(
  "chain %s made anew from genesis",
  (_, { genesis, heights }) => {
    const seeds = new Map<string, Uint8Array>();
    const learn = (priv: string): void => {
      const bytes = fromHex(priv);
      seeds.set(toHex(publicKeyAddress(ed25519Key(bytes.slice(32)))), bytes.slice(0, 32));
    };
    for (const { priv } of genesis.validators) learn(priv);
    let state: ChainState = genesisState({
      genesisTime: time(genesis.genesisTime),
      chainId: genesis.chainId,
      initialHeight: BigInt(genesis.initialHeight),
      consensusParams: defaultConsensusParams(),
      validators: genesis.validators.map(({ pub, power }: Any) => ({
        pubKey: ed25519Key(fromHex(pub)),
        power: BigInt(power),
        name: "",
      })),
      appHash: fromHex(genesis.appHash),
      appState: "{}",
    });
    let lastCommit = emptyCommit();

    testEach<[string, Any]>(heights.map((h: Any) => [h.height, h]))("height %s", (_height, h) => {
      if (h.newPriv !== undefined) learn(h.newPriv);
      const block = makeBlock({
        state,
        txs: h.txs.map(txOf),
        evidence: (h.evidence ?? []).map((e: string) => Evidence.decode(fromBase64(e))),
        lastCommit,
        proposerAddress: proposerAt(state, h.round).address,
      });
      expect(block.header).toEqual(headerOf(h.header));
      expect(toBase64(Header.encode(block.header).finish())).toBe(h.header.proto);
      expect(toHex(headerHash(block.header))).toBe(h.header.hash);
      const bytes = encodeBlock(block);
      expect(bytes.length).toBe(h.blockSize);
      if (h.block !== undefined) expect(toBase64(bytes)).toBe(h.block);
      const decoded = Block.decode(bytes);
      // Some of these blocks were made of votes that run behind: CometBFT makes such a block, but would refuse it.
      const behind =
        parseTimestamp(h.header.time) <= state.lastBlockTimeNs && lastCommit.signatures.length > 0;
      if (behind) expect(() => validateBlock(state, decoded)).toThrow("block time does not advance");
      else validateBlock(state, decoded);
      const ownId = blockId(block);
      expect([ownId.partSetHeader.total, toHex(ownId.partSetHeader.hash)]).toEqual([
        h.partsTotal,
        h.partsHash,
      ]);
      const { validators } = state;
      expect(toBase64(ProtoValidatorSet.encode(validatorSetToProto(validators)).finish())).toBe(h.validators);
      lastCommit = signCommit(state, h, ownId, seeds);
      expect(toBase64(Commit.encode(lastCommit).finish())).toBe(h.commit);
      expect(toHex(commitHash(lastCommit))).toBe(h.commitHash);
      const { chainId } = state;
      const height = BigInt(h.height);
      verifyCommit({ chainId, validators, blockId: ownId, height, commit: lastCommit });
      const response = {
        events: [],
        txResults: h.results.map((r: string) => ExecTxResult.decode(fromBase64(r))),
        validatorUpdates: (h.validatorUpdates ?? []).map((u: string) =>
          ValidatorUpdate.decode(fromBase64(u)),
        ),
        appHash: fromHex(h.appHash),
        ...(h.paramUpdates === undefined
          ? {}
          : { consensusParamUpdates: ConsensusParams.decode(fromBase64(h.paramUpdates)) }),
      };
      expectRpcJson(h, { block, ownId, commit: lastCommit, state, response });
      state = decodeChainState(encodeChainState(applyBlock(state, block, ownId, response)));
    });

    test("the last state is that of the last height", () => {
      expect(String(state.lastBlockHeight)).toBe(heights.at(-1).height);
    });
  },
);

/** `zeros:N` stands for N zero bytes. */
const txOf = (text: string): Uint8Array =>
  text.startsWith("zeros:") ? new Uint8Array(Number(text.slice(6))) : fromBase64(text);

function signCommit(state: ChainState, h: Any, ownId: BlockID, seeds: Map<string, Uint8Array>): Commit {
  const commit: Commit = {
    height: BigInt(h.height),
    round: h.round,
    blockId: ownId,
    signatures: state.validators.validators.map(({ address }, i) => ({
      blockIdFlag: h.voteFlags[i],
      validatorAddress: h.voteFlags[i] === BLOCK_ID_FLAG.absent ? EMPTY : address,
      timestamp: time(h.voteFlags[i] === BLOCK_ID_FLAG.absent ? "0001-01-01T00:00:00Z" : h.voteTimes[i]),
      signature: EMPTY,
    })),
  };
  const signBytes = commitSignBytes(state.chainId, commit);
  commit.signatures.forEach((slot, i) => {
    if (slot.blockIdFlag !== BLOCK_ID_FLAG.absent)
      slot.signature = ed25519Sign(seeds.get(toHex(slot.validatorAddress))!, signBytes(i));
  });
  return commit;
}

function expectRpcJson(
  h: Any,
  made: { block: Block; ownId: BlockID; commit: Commit; state: ChainState; response: Any },
) {
  const { block, ownId, commit, state, response } = made;
  if (h.blockRpcJson !== undefined) {
    const json: JsonObject = { block_id: blockIdToRpcJson(ownId), block: blockToRpcJson(block) };
    expect(json).toEqual(stored(h.blockRpcJson));
    expect(blockFromRpcJson(readJson(h.blockRpcJson.block))).toEqual(block);
  }
  if (h.commitRpcJson !== undefined) {
    const signedHeader = { header: block.header, commit };
    expect({ signed_header: signedHeaderToRpcJson(signedHeader), canonical: true }).toEqual(h.commitRpcJson);
    expect(signedHeaderFromRpcJson(readJson(h.commitRpcJson.signed_header))).toEqual(signedHeader);
  }
  if (h.validatorsRpcJson !== undefined) {
    const { validators } = state.validators;
    expect(
      validatorsPageToRpcJson({ height: BigInt(h.height), validators, total: validators.length }),
    ).toEqual(h.validatorsRpcJson);
  }
  if (h.blockResultsRpcJson !== undefined)
    expect(blockResultsToRpcJson(BigInt(h.height), response)).toEqual(h.blockResultsRpcJson);
}
