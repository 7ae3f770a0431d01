import { toHex } from "@tandem-ics/crypto";
import {
  type CodedError,
  type Context,
  createAddressCodecs,
  createTestContext,
  Dec,
} from "@tandem-ics/runtime";
import { MsgUnjail, MsgUpdateParams } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import fc from "fast-check";
import { createStakeChain, NO_TRANSACTIONS, type StakeChain, testAddress } from "../testing.ts";
import { createSlashingModule, DEFAULT_SLASHING_PARAMS, type SlashingStaking } from "./index.ts";
import { createMissedBlocks } from "./missed-blocks.ts";
import { minSignedBlocks, slashingParamsToProto } from "./params.ts";
import { SLASHING_STORE } from "./state.ts";

const M = 1_000_000n;
const WINDOW = 10n;
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { codespace, code } = error as CodedError;
    return `${codespace}/${code}`;
  }
  return "none";
}
const eventsOf = (ctx: Context, type: string) =>
  ctx.events.events
    .filter((event) => event.type === type)
    .map(({ attributes }) => attributes.map(({ key, value }) => [key, value]));

/** Two validators; a window of ten blocks, of which five must be signed. */
function createChain(): StakeChain {
  const chain = createStakeChain({ tokens: [100n * M, 900n * M] });
  chain.slashing.setParams(chain.ctx, {
    ...DEFAULT_SLASHING_PARAMS,
    signedBlocksWindow: WINDOW,
    slashFractionDowntime: Dec.withPlaces(1n, 2),
    downtimeJailDurationNs: 60_000_000_000n,
  });
  return chain;
}
/** Blocks that validator 0 misses, until `until` says so. */
function missUntil(chain: StakeChain, from: Context, until: (ctx: Context) => boolean): Context {
  let ctx = from;
  do {
    ctx = chain.beginBlock(ctx, { lastCommit: chain.votes(ctx, [chain.consAddr(0)]) });
    chain.endBlock(ctx);
  } while (!until(ctx));
  return ctx;
}
const isJailed = (chain: StakeChain) => (ctx: Context) =>
  chain.staking.isValidatorJailed(ctx, chain.consAddr(0));

describe("liveness", () => {
  test("counts misses within the window and forgets those that fall out of it", () => {
    const chain = createChain();
    const votes = [true, false, false, true, false, true, true, true, true, true, true, true, true];
    let ctx = chain.ctx;
    const counters = votes.map((signed) => {
      ctx = chain.beginBlock(ctx, { lastCommit: chain.votes(ctx, signed ? [] : [chain.consAddr(0)]) });
      chain.endBlock(ctx);
      return Number(chain.slashing.signingInfo(ctx, chain.consAddr(0))!.missedBlocksCounter);
    });
    expect(counters).toEqual([0, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 2, 1]);
    expect(chain.slashing.missedBlocks(ctx, chain.consAddr(0))).toEqual([4n]);
    expect(chain.slashing.signingInfo(ctx, chain.consAddr(0))!.indexOffset).toBe(13n);
    expect(eventsOf(chain.beginBlock(ctx), "liveness")).toEqual([]);
  });

  test("slashes and jails a validator that missed too many, once, and counts anew", () => {
    const chain = createChain();
    const address = chain.addresses.consensus.encode(chain.consAddr(0));
    const ctx = missUntil(chain, chain.ctx, isJailed(chain));
    // bonded at height 1: punished in the first block above 1 + 10
    expect(ctx.height).toBe(12n);
    expect(eventsOf(ctx, "liveness")).toEqual([
      [
        ["address", address],
        ["missed_blocks", "10"],
        ["height", "12"],
      ],
    ]);
    expect(eventsOf(ctx, "slash")).toEqual([
      [
        ["address", address],
        ["power", "100"],
        ["reason", "missing_signature"],
        ["jailed", address],
        ["burned_coins", "1000000"],
      ],
    ]);
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).tokens).toBe(99n * M);
    const info = chain.slashing.signingInfo(ctx, chain.consAddr(0))!;
    expect(info).toMatchObject({ missedBlocksCounter: 0n, indexOffset: 0n, tombstoned: false });
    expect(info.jailedUntilNs).toBe(ctx.timeNs + 60_000_000_000n);
    expect(chain.slashing.missedBlocks(ctx, chain.consAddr(0))).toEqual([]);
    // still voting for two blocks, but no longer counted
    const next = chain.beginBlock(ctx, {
      lastCommit: {
        round: 0,
        votes: [
          {
            validator: { address: chain.consAddr(0), power: 100n },
            blockIdFlag: BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
          },
        ],
      },
    });
    expect(chain.slashing.signingInfo(next, chain.consAddr(0))).toEqual(info);
    expect(chain.brokenInvariants(next)).toEqual([]);
  });

  test("a vote for nil is a signature", () => {
    const chain = createChain();
    const ctx = chain.beginBlock(chain.ctx);
    chain.slashing.handleValidatorSignature(ctx, chain.consAddr(0), 100n, BlockIDFlag.BLOCK_ID_FLAG_NIL);
    expect(chain.slashing.signingInfo(ctx, chain.consAddr(0))!.missedBlocksCounter).toBe(0n);
  });

  test("a voter without signing info stops the chain", () => {
    const chain = createChain();
    expect(() =>
      chain.slashing.handleValidatorSignature(
        chain.ctx,
        testAddress("nobody", 0),
        1n,
        BlockIDFlag.BLOCK_ID_FLAG_COMMIT,
      ),
    ).toThrow("expected signing info");
  });
});

describe("on a consumer", () => {
  const consAddr = testAddress("consumer validator", 0);
  const addresses = createAddressCodecs("consumer");
  function createConsumer() {
    const requests: unknown[] = [];
    let outstanding = false;
    const unknown = (): never => {
      throw new Error("not known on a consumer");
    };
    const staking: SlashingStaking = {
      validatorByConsAddr: () => ({ jailed: false }),
      isValidatorJailed: () => outstanding,
      slashWithInfractionReason(_, address, height, power, __, infraction) {
        requests.push([toHex(address), height, power, infraction]);
        outstanding = true;
        return 0n;
      },
      jail: () => undefined,
      unjail: () => undefined,
      requireValidator: unknown,
      requireDelegation: unknown,
      validators: () => [],
    };
    const { keeper, module } = createSlashingModule({ addresses, staking, authority: "gov" });
    const ctx = createTestContext({ stores: [module], height: 1n });
    module.initGenesis!(ctx, module.defaultGenesis!(), NO_TRANSACTIONS);
    keeper.setParams(ctx, { ...keeper.params(ctx), signedBlocksWindow: WINDOW });
    keeper.afterValidatorBonded(ctx, consAddr);
    const answer = () => {
      outstanding = false;
    };
    return { keeper, ctx, requests, answer };
  }

  test("downtime is reported once with the height of the stake that voted, until it is answered", () => {
    const { keeper, ctx, requests, answer } = createConsumer();
    const miss = (height: bigint) =>
      keeper.handleValidatorSignature(
        ctx.with({ block: { ...ctx.block, height } }),
        consAddr,
        7n,
        BlockIDFlag.BLOCK_ID_FLAG_ABSENT,
      );
    for (let height = 2n; height <= 30n; height++) miss(height);
    expect(requests).toEqual([[toHex(consAddr), 10n, 7n, Infraction.INFRACTION_DOWNTIME]]);
    answer();
    for (let height = 31n; height <= 60n; height++) miss(height);
    expect(requests).toHaveLength(2);
    // counted from nothing: six misses are too many of ten
    expect(requests[1]).toEqual([toHex(consAddr), 34n, 7n, Infraction.INFRACTION_DOWNTIME]);
  });
});

describe("unjailing", () => {
  const unjail = (chain: StakeChain, ctx: Context, i = 0) =>
    codeOf(() => chain.send(ctx, MsgUnjail, { validatorAddr: chain.valoper(i) }));

  test("waits for the end of the jail time", () => {
    const chain = createChain();
    let ctx = missUntil(chain, chain.ctx, isJailed(chain));
    expect(unjail(chain, ctx)).toBe("slashing/4");
    ctx = chain.beginBlock(ctx, { seconds: 59n });
    expect(unjail(chain, ctx)).toBe("slashing/4");
    ctx = chain.beginBlock(ctx, { seconds: 1n });
    expect(unjail(chain, ctx)).toBe("none");
    expect(chain.endBlock(ctx).map(({ power }) => power)).toEqual([99n]);
    // bonded again: the window begins here
    expect(chain.slashing.signingInfo(ctx, chain.consAddr(0))!.startHeight).toBe(ctx.height);
    expect(unjail(chain, ctx)).toBe("slashing/5");
  });

  test("is refused to unknown, tombstoned and undelegated validators, and below the own promise", () => {
    const chain = createChain();
    const { ctx, staking, slashing, operator } = chain;
    expect(unjail(chain, ctx, 5)).toBe("staking/3");
    staking.setValidator(ctx, {
      ...staking.requireValidator(ctx, operator(0)),
      minSelfDelegation: 200n * M,
    });
    staking.jail(ctx, chain.consAddr(0));
    expect(unjail(chain, ctx)).toBe("slashing/7");
    staking.setValidator(ctx, { ...staking.requireValidator(ctx, operator(0)), minSelfDelegation: 1n });
    slashing.tombstone(ctx, chain.consAddr(0));
    expect(unjail(chain, ctx)).toBe("slashing/4");
    expect(codeOf(() => slashing.tombstone(ctx, chain.consAddr(0)))).toBe("slashing/9");
    const { shares } = staking.requireDelegation(ctx, operator(1), operator(1));
    staking.undelegate(ctx, operator(1), operator(1), shares);
    expect(unjail(chain, ctx, 1)).toBe("staking/19");
  });

  test("jail times and tombstones need signing info", () => {
    const { slashing, ctx } = createChain();
    const nobody = testAddress("nobody", 0);
    expect(codeOf(() => slashing.jailUntil(ctx, nobody, 1n))).toBe("slashing/8");
    expect(codeOf(() => slashing.tombstone(ctx, nobody))).toBe("slashing/8");
    expect(slashing.isTombstoned(ctx, nobody)).toBe(false);
  });
});

describe("params", () => {
  test("only the authority changes them, and only to valid ones", () => {
    const chain = createChain();
    const update = (authority: string, signedBlocksWindow: bigint) =>
      codeOf(() =>
        chain.send(chain.ctx, MsgUpdateParams, {
          authority,
          params: slashingParamsToProto({ ...DEFAULT_SLASHING_PARAMS, signedBlocksWindow }),
        }),
      );
    expect(update(chain.acc(0), 50n)).toBe("gov/13");
    expect(update(chain.authority, 0n)).toBe("undefined/1");
    expect(update(chain.authority, 50n)).toBe("none");
    expect(chain.slashing.minSignedPerWindow(chain.ctx)).toBe(25n);
  });

  test.each([
    ["0.5", 5n, 2n],
    ["0.5", 7n, 4n],
    ["0.05", 10n, 0n],
    ["0.15", 10n, 2n],
  ])("%s of %i blocks is %i, half to even", (rate, signedBlocksWindow, expected) => {
    const params = { ...DEFAULT_SLASHING_PARAMS, minSignedPerWindow: Dec.parse(rate), signedBlocksWindow };
    expect(minSignedBlocks(params)).toBe(expected);
  });
});

describe("bitmap of missed blocks", () => {
  test("remembers what was set last, in pieces of 1024 bits", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 3000n }), fc.boolean())), (writes) => {
        const blocks = createMissedBlocks();
        const ctx = createTestContext({ stores: { [SLASHING_STORE]: "iavl" } });
        const address = testAddress("validator", 1);
        const model = new Map<bigint, boolean>();
        for (const [index, missed] of writes) {
          blocks.set(ctx, address, index, missed);
          model.set(index, missed);
        }
        for (const [index, missed] of model) expect(blocks.has(ctx, address, index)).toBe(missed);
        const expected = [...model].filter(([, missed]) => missed).map(([index]) => index);
        expect(blocks.indexes(ctx, address)).toEqual(expected.sort((a, b) => (a < b ? -1 : 1)));
        blocks.clear(ctx, address);
        expect(blocks.indexes(ctx, address)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test("has the layout of the Go bitset: length, then big-endian words with the lowest bit last", () => {
    const blocks = createMissedBlocks();
    const ctx = createTestContext({ stores: { [SLASHING_STORE]: "iavl" } });
    blocks.set(ctx, Uint8Array.of(9), 0n, true);
    blocks.set(ctx, Uint8Array.of(9), 65n, true);
    const [[key, value]] = [...ctx.kv(SLASHING_STORE).iterate({})] as [[Uint8Array, Uint8Array]];
    expect(toHex(key)).toBe("0201090000000000000000");
    expect(toHex(value)).toBe(
      `0000000000000400${"0000000000000001"}${"0000000000000002"}${"00".repeat(112)}`,
    );
  });
});
