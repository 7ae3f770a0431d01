/** Engine and record of blocks together, over the key-value application. */
import {
  BLOCK_ID_FLAG,
  type ChainState,
  ed25519Key,
  evidenceToRpcJson,
  headerHash,
  lightClientAttackEvidence,
  publicKeyAddress,
  validateBlock,
  validatorSetHash,
  verifyDuplicateVote,
  weightedMedian,
} from "@tandem-ics/comet";
import { ed25519PublicKey, equalBytes, sha256, toBase64, toHex, utf8 } from "@tandem-ics/crypto";
import { timestampToNs } from "@tandem-ics/proto";
import type { Application } from "@tandem-ics/runtime";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";
import {
  createKvStoreApp,
  createNode,
  HaltError,
  HandshakeError,
  type KvStoreApp,
  type KvStoreChain,
  kvStoreGenesis,
  manualClock,
  type Node,
  type NodeOptions,
  NoQuorumError,
} from "./index.ts";

const SECOND = 1_000_000_000n;
const START = 1_700_000_000n * SECOND;
const seeds = Array.from({ length: 8 }, (_, i) => sha256(utf8(`validator ${i}`)));
const addressOf = (seed: Uint8Array): Uint8Array => publicKeyAddress(ed25519Key(ed25519PublicKey(seed)));

interface Setup extends KvStoreChain {
  validators?: number;
  backend?: Backend;
  appBackend?: Backend;
  app?: Application;
  options?: Partial<NodeOptions>;
}

function setUp({ validators = 4, ...setup }: Setup = {}) {
  const keys = seeds.slice(0, validators);
  const app = (setup.app as KvStoreApp | undefined) ?? createKvStoreApp(setup.appBackend);
  const clock = manualClock(START);
  const node = createNode({
    app,
    genesis: kvStoreGenesis(keys, setup),
    keys,
    clock,
    backend: setup.backend ?? createMemoryBackend(),
    onHalt: () => undefined,
    ...setup.options,
  });
  const produce = (count = 1): void => {
    for (let i = 0; i < count; i++) {
      clock.advance(SECOND);
      node.produceBlock();
    }
  };
  return { node, app, clock, keys, produce };
}

function started(setup: Setup = {}) {
  const parts = setUp(setup);
  parts.node.start();
  return parts;
}

const block = (node: Node, height: bigint) => node.blocks.block(height)!;
const header = (node: Node, height: bigint) => block(node, height).header;
const validatorTx = (seed: Uint8Array, power: number): Uint8Array =>
  utf8(`val:${toBase64(ed25519PublicKey(seed))}!${power}`);

describe("blocks", () => {
  test("every block follows from the state before it by the rules of a validating node", () => {
    const { node, produce } = started();
    const states: ChainState[] = [node.state];
    for (let i = 0; i < 12; i++) {
      if (i % 3 === 0) node.mempool.checkTx(utf8(`key${i}=value`));
      if (i === 4) node.mempool.checkTx(validatorTx(seeds[5]!, 3));
      produce();
      states.push(node.state);
    }
    for (let height = 1n; height <= node.height; height++)
      expect(() => validateBlock(states[Number(height) - 1]!, block(node, height))).not.toThrow();
  });

  test("a header's time is the median of the votes for the block before, a vote's time the clock's", () => {
    const { node, clock } = started();
    node.produceBlock();
    expect(timestampToNs(header(node, 1n).time)).toBe(START);
    clock.advance(5n * SECOND);
    node.produceBlock();
    // block 1 was voted on when the clock stood at its own time, so a millisecond was added
    expect(timestampToNs(header(node, 2n).time)).toBe(START + 1_000_000n);
    node.produceBlock({ timeNs: START + 100n * SECOND });
    expect(timestampToNs(header(node, 3n).time)).toBe(START + 5n * SECOND);
    node.produceBlock();
    expect(timestampToNs(header(node, 4n).time)).toBe(START + 100n * SECOND);
    const votes = node.blocks.commit(3n)!.signatures.map(({ timestamp }) => timestampToNs(timestamp));
    expect(weightedMedian(votes.map((timeNs) => ({ timeNs, weight: 10n })))).toBe(START + 100n * SECOND);
  });

  test("the same inputs give the same hashes", () => {
    const hashes = [0, 1].map(() => {
      const { node, produce } = started();
      node.mempool.checkTx(utf8("a=1"));
      produce(5);
      return toHex(headerHash(header(node, 5n)));
    });
    expect(hashes[0]).toBe(hashes[1]);
  });

  test("proposers rotate, and one that is down costs a round", () => {
    const { node, keys, produce } = started();
    produce(4);
    const proposers = [1n, 2n, 3n, 4n].map((h) => toHex(header(node, h).proposerAddress));
    expect(new Set(proposers).size).toBe(4);
    const next = node.state.validators.proposer.address;
    node.setDown(next, true);
    produce();
    expect(equalBytes(header(node, 5n).proposerAddress, next)).toBe(false);
    expect(node.blocks.commit(5n)!.round).toBe(1);
    expect(keys).toHaveLength(4);
  });

  test("a validator update holds from the block after the next", () => {
    const { node, produce } = started();
    produce(2);
    node.mempool.checkTx(validatorTx(seeds[6]!, 7));
    produce(4);
    const changed = addressOf(seeds[6]!);
    const has = (height: bigint): boolean =>
      node.blocks.validators(height)!.validators.some(({ address }) => equalBytes(address, changed));
    expect([3n, 4n, 5n, 6n].map(has)).toEqual([false, false, true, true]);
    expect(header(node, 4n).nextValidatorsHash).toEqual(validatorSetHash(node.blocks.validators(5n)!));
    // its key is not held here, so it is absent at height 5
    const flags = node.blocks.commit(5n)!.signatures.map(({ blockIdFlag }) => blockIdFlag);
    expect(flags.filter((flag) => flag === BLOCK_ID_FLAG.absent)).toHaveLength(1);
    node.addKey(seeds[6]!);
    produce();
    expect(node.blocks.commit(7n)!.signatures.every((s) => s.blockIdFlag === BLOCK_ID_FLAG.commit)).toBe(
      true,
    );
  });

  test("validators of any height are known, up to the one after the last", () => {
    const { node, produce } = started();
    produce(3);
    node.mempool.checkTx(validatorTx(seeds[1]!, 0));
    produce(6);
    for (let height = 1n; height <= node.height; height++)
      expect(validatorSetHash(node.blocks.validators(height)!)).toEqual(header(node, height).validatorsHash);
    expect(node.blocks.validators(node.height + 1n)).toBeDefined();
    expect(node.blocks.validators(node.height + 3n)).toBeUndefined();
  });

  test("a chain may begin above height 1", () => {
    const { node, produce } = started({ initialHeight: 100n });
    produce(3);
    expect([node.blocks.base, node.height]).toEqual([100n, 102n]);
    expect(block(node, 100n).lastCommit!.signatures).toEqual([]);
    expect(node.blocks.block(99n)).toBeUndefined();
  });
});

describe("validators that are down", () => {
  test("a third of the power down halts the chain until it is back", () => {
    const { node, keys, produce } = started({ validators: 3 });
    produce(2);
    node.setDown(addressOf(keys[0]!), true);
    expect(() => node.produceBlock()).toThrow(NoQuorumError);
    expect(node.status).toEqual({ kind: "waiting", power: 20n, needed: 20n });
    expect(node.height).toBe(2n);
    node.setDown(addressOf(keys[0]!), false);
    produce();
    expect(node.height).toBe(3n);
    expect(node.status.kind).toBe("running");
  });

  test("less than a third down is recorded as absent votes", () => {
    const { node, keys, produce } = started();
    produce();
    node.setDown(addressOf(keys[2]!), true);
    produce(2);
    const absent = block(node, 3n).lastCommit!.signatures.filter(
      ({ blockIdFlag }) => blockIdFlag === BLOCK_ID_FLAG.absent,
    );
    expect(absent).toHaveLength(1);
  });

  test("a validator without a key here does not vote", () => {
    const { node, produce } = started({ options: { keys: seeds.slice(0, 3) } });
    produce();
    expect(node.blocks.commit(1n)!.signatures.filter((s) => s.signature.length === 0)).toHaveLength(1);
  });
});

describe("double signs", () => {
  test("two signed votes are made, proven, put into a block and told to the application", () => {
    const { node, app, keys, produce } = started();
    produce(2);
    const guilty = addressOf(keys[1]!);
    node.doubleSign(guilty);
    produce();
    const [made] = node.equivocations();
    expect(made!.height).toBe(3n);
    const validatorSet = node.blocks.validators(3n)!;
    expect(() =>
      verifyDuplicateVote({ evidence: made!.evidence, chainId: "kvstore-1", validatorSet }),
    ).not.toThrow();
    expect(made!.lightBlock.signedHeader!.header!.height).toBe(3n);
    expect(node.evidence.pending()).toHaveLength(1);
    produce();
    expect(block(node, 4n).evidence.evidence).toEqual([{ duplicateVoteEvidence: made!.evidence }]);
    expect(app.misbehaviour).toEqual([`3/${toHex(guilty)}`]);
    expect(node.evidence.pending()).toEqual([]);
    node.evidence.add({ duplicateVoteEvidence: made!.evidence });
    expect(node.evidence.pending()).toEqual([]); // committed already
    produce();
    expect(app.misbehaviour).toHaveLength(1);
  });

  test("a double sign can be kept from the node's own pool and handed in later", () => {
    const { node, app, keys, produce } = started();
    produce();
    node.doubleSign(addressOf(keys[0]!), { reportToPool: false });
    produce(2);
    expect(app.misbehaviour).toEqual([]);
    node.evidence.add({ duplicateVoteEvidence: node.equivocations()[0]!.evidence });
    produce();
    expect(app.misbehaviour).toHaveLength(1);
  });

  test("evidence that is not true is refused", () => {
    const { node, keys, produce } = started();
    produce();
    node.doubleSign(addressOf(keys[0]!), { reportToPool: false });
    produce();
    const { evidence } = node.equivocations()[0]!;
    const forged = [
      { ...evidence, validatorPower: 11n },
      { ...evidence, totalVotingPower: 41n },
      { ...evidence, timestamp: { seconds: 1n, nanos: 0 } },
      { ...evidence, voteA: { ...evidence.voteA!, signature: evidence.voteB!.signature } },
      { ...evidence, voteA: evidence.voteB!, voteB: evidence.voteA! },
    ];
    for (const duplicateVoteEvidence of forged)
      expect(() => node.evidence.add({ duplicateVoteEvidence })).toThrow();
    expect(node.evidence.pending()).toEqual([]);
    expect(evidenceToRpcJson({ duplicateVoteEvidence: evidence })).toHaveProperty("type");
  });

  test("a validator that will not vote cannot be ordered to sign twice", () => {
    const { node, produce } = started();
    produce();
    expect(() => node.doubleSign(addressOf(seeds[7]!))).toThrow(/does not vote/);
  });
});

describe("forks", () => {
  test("a forged header carries enough true signatures to be proof of an attack", () => {
    const { node, app, produce } = started();
    produce(5);
    for (const change of [undefined, { appHash: sha256(utf8("lie")) }]) {
      const conflicting = node.signFork({ height: 4n, ...(change === undefined ? {} : { change }) });
      const commonHeight = change === undefined ? 4n : 3n;
      const evidence = lightClientAttackEvidence({
        conflicting,
        trusted: { header: header(node, 4n), commit: node.blocks.commit(4n)! },
        common: {
          height: commonHeight,
          time: header(node, commonHeight).time,
          validators: node.blocks.validators(commonHeight)!,
        },
      });
      node.evidence.add({ lightClientAttackEvidence: evidence });
    }
    produce();
    expect(block(node, 6n).evidence.evidence).toHaveLength(2);
    expect(app.misbehaviour).toHaveLength(8);
  });

  test("chosen signers sign alone", () => {
    const { node, keys, produce } = started();
    produce(2);
    const { signedHeader } = node.signFork({ signers: [addressOf(keys[0]!)] });
    expect(signedHeader!.commit!.signatures.filter(({ signature }) => signature.length > 0)).toHaveLength(1);
    expect(() => node.signFork({ height: 9n })).toThrow("there is no block 9");
  });
});

describe("an application that fails", () => {
  test("stops the chain for good, and nothing of the block is recorded", () => {
    const { node, produce } = started();
    produce();
    node.mempool.checkTx(utf8("fail=now"));
    expect(() => node.produceBlock()).toThrow(HaltError);
    expect(node.status).toMatchObject({ kind: "halted", error: { height: 2n } });
    expect(() => node.produceBlock()).toThrow(/halted at height 2: finalizeBlock: told to fail/);
    expect(node.height).toBe(1n);
  });

  test("an answer against the rules of consensus stops the chain too", () => {
    const app = createKvStoreApp();
    const { node } = started({
      app: { ...app, finalizeBlock: (request) => ({ ...app.finalizeBlock(request), txResults: [] }) },
    });
    node.mempool.checkTx(utf8("a=1"));
    expect(() => node.produceBlock()).toThrow(/0 results for 1 transactions/);
  });
});

describe("restart", () => {
  const restarted = (setup: Setup) => {
    const parts = setUp(setup);
    parts.node.start();
    return parts;
  };

  test("a chain goes on from its backends", () => {
    const backend = createMemoryBackend();
    const appBackend = createMemoryBackend();
    const first = started({ backend, appBackend });
    first.node.mempool.checkTx(utf8("a=1"));
    first.produce(5);
    const last = headerHash(header(first.node, 5n));
    const second = restarted({ backend, appBackend });
    expect(second.node.height).toBe(5n);
    second.clock.advance(10n * SECOND);
    second.produce();
    expect(header(second.node, 6n).lastBlockId.hash).toEqual(last);
  });

  test("blocks whose commit the application lost are executed again", () => {
    const backend = createMemoryBackend();
    const appBackend = createMemoryBackend();
    const first = started({ backend, appBackend });
    first.node.mempool.checkTx(utf8("a=1"));
    first.produce(3);
    // the process dies after the record of block 4 was written, before the application commits
    first.app.commit = () => {
      throw new Error("killed");
    };
    first.node.mempool.checkTx(utf8("b=2"));
    expect(() => first.produce()).toThrow(/killed/);
    const second = restarted({ backend, appBackend });
    expect(second.node.height).toBe(4n);
    expect(block(second.node, 4n).data.txs).toHaveLength(1);
    second.clock.advance(10n * SECOND);
    second.produce();
    expect(second.node.height).toBe(5n);
  });

  test("a block that was executed but not recorded never happened", () => {
    const backend = createMemoryBackend();
    const appBackend = createMemoryBackend();
    const first = started({ backend, appBackend });
    first.produce(2);
    const { finalizeBlock } = first.app;
    first.app.finalizeBlock = (request) => {
      finalizeBlock(request);
      throw new Error("killed");
    };
    expect(() => first.produce()).toThrow(/killed/);
    const second = restarted({ backend, appBackend });
    expect(second.node.height).toBe(2n);
    second.clock.advance(10n * SECOND);
    second.produce();
    expect(second.node.height).toBe(3n);
  });

  test("an application that lost everything gets genesis and all blocks", () => {
    const backend = createMemoryBackend();
    const first = started({ backend });
    for (const pair of ["a=1", "b=2", "c=3"]) {
      first.node.mempool.checkTx(utf8(pair));
      first.produce();
    }
    const second = restarted({ backend });
    expect(second.node.height).toBe(3n);
    expect(second.app.info({} as never).lastBlockHeight).toBe(3n);
  });

  test("an application that is ahead of the record is refused", () => {
    const appBackend = createMemoryBackend();
    started({ appBackend }).produce(3);
    expect(() => restarted({ appBackend })).toThrow(HandshakeError);
  });

  test("an application with another history is refused", () => {
    const backend = createMemoryBackend();
    const first = started({ backend });
    first.node.mempool.checkTx(utf8("a=1"));
    first.produce(2);
    const appBackend = createMemoryBackend();
    const other = started({ appBackend });
    other.node.mempool.checkTx(utf8("b=1"));
    other.produce(2);
    expect(() => restarted({ backend, appBackend })).toThrow(/app hash at height 2/);
  });

  test("another chain's record is refused", () => {
    const backend = createMemoryBackend();
    started({ backend }).produce();
    expect(() => restarted({ backend, chainId: "other-1" })).toThrow(/the stored chain is kvstore-1/);
  });

  test("evidence not yet in a block survives", () => {
    const backend = createMemoryBackend();
    const appBackend = createMemoryBackend();
    const first = started({ backend, appBackend });
    first.produce();
    first.node.doubleSign(addressOf(seeds[0]!));
    first.produce();
    const second = restarted({ backend, appBackend });
    expect(second.node.evidence.pending()).toHaveLength(1);
    second.clock.advance(10n * SECOND);
    second.produce();
    expect(second.app.misbehaviour).toHaveLength(1);
  });
});

describe("blocks by the clock", () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const timed = (engine: { blockTimeMs: number; emptyBlocksIntervalMs?: number }) =>
    started({ options: { engine: { kind: "timer", ...engine } } });

  test("there is a pause after each block", () => {
    const { node } = timed({ blockTimeMs: 200 });
    jest.advanceTimersByTime(0);
    expect(node.height).toBe(1n);
    jest.advanceTimersByTime(999);
    expect(node.height).toBe(5n);
    node.pause();
    jest.advanceTimersByTime(5000);
    expect([node.height, node.status.kind]).toEqual([5n, "paused"]);
    node.resume();
    jest.advanceTimersByTime(400);
    expect(node.height).toBe(8n);
  });

  test("without content, blocks wait for the longer interval or for a transaction, which gets two", () => {
    const { node } = timed({ blockTimeMs: 100, emptyBlocksIntervalMs: 1000 });
    jest.advanceTimersByTime(900);
    expect(node.height).toBe(1n);
    jest.advanceTimersByTime(150);
    expect(node.height).toBe(2n);
    jest.advanceTimersByTime(500);
    node.mempool.checkTx(utf8("a=1"));
    jest.advanceTimersByTime(0);
    expect(node.height).toBe(3n);
    jest.advanceTimersByTime(110);
    expect(node.height).toBe(4n);
    jest.advanceTimersByTime(500);
    expect(node.height).toBe(4n);
  });

  test("a chain without quorum tries again after each pause", () => {
    const { node } = timed({ blockTimeMs: 100 });
    jest.advanceTimersByTime(0);
    for (const seed of seeds.slice(0, 2)) node.setDown(addressOf(seed), true);
    jest.advanceTimersByTime(1000);
    expect([node.height, node.status.kind]).toEqual([1n, "waiting"]);
    node.setDown(addressOf(seeds[0]!), false);
    jest.advanceTimersByTime(150);
    expect(node.height).toBeGreaterThan(1n);
  });

  test("a listener that fails does not stop the chain", () => {
    const { node } = timed({ blockTimeMs: 100 });
    const report = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const seen: bigint[] = [];
    node.onBlock(() => {
      throw new RangeError("broken");
    });
    node.onBlock(({ block }) => seen.push(block.header.height));
    jest.advanceTimersByTime(250);
    expect(seen).toEqual([1n, 2n, 3n]);
    expect(report).toHaveBeenCalledWith("a block listener failed: broken\n");
    report.mockRestore();
  });

  test("a halt is reported once", () => {
    const onHalt = jest.fn();
    const { node } = started({ options: { engine: { kind: "timer", blockTimeMs: 100 }, onHalt } });
    jest.advanceTimersByTime(0);
    node.mempool.checkTx(utf8("fail=now"));
    jest.advanceTimersByTime(1000);
    expect(onHalt).toHaveBeenCalledTimes(1);
    expect(node.status.kind).toBe("halted");
  });
});
