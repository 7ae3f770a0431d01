import { toHex } from "@tandem-ics/crypto";
import { type CodedError, type Context, Dec, type GrpcError } from "@tandem-ics/runtime";
import {
  QueryDelegatorDelegationsRequest,
  QueryDelegatorDelegationsResponse,
  QueryRedelegationsRequest,
  QueryRedelegationsResponse,
  QueryValidatorRequest,
  QueryValidatorsRequest,
  QueryValidatorsResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import {
  MsgBeginRedelegate,
  MsgBeginRedelegateResponse,
  MsgCancelUnbondingDelegation,
  MsgCreateValidator,
  MsgDelegate,
  MsgEditValidator,
  MsgUndelegate,
  MsgUndelegateResponse,
  MsgUpdateParams,
} from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { publicKeyToAny } from "../consensus-key.ts";
import { createStakeChain, type StakeChain, testConsensusKey } from "../testing.ts";
import { stakingParamsToProto } from "./params.ts";

const M = 1_000_000n;
const UNBONDING_NS = 100_000_000_000n;
const stake = (amount: bigint) => ({ denom: "stake", amount: amount.toString() });
const chainOf = (...tokens: bigint[]): StakeChain =>
  createStakeChain({
    tokens,
    balances: [1000n * M, 1000n * M],
    params: { unbondingTimeNs: UNBONDING_NS, maxValidators: 3 },
  });
/** Codespace and code of what `act` throws, as `staking/3`. */
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    const { codespace, code } = error as CodedError;
    return `${codespace}/${code}`;
  }
  return "none";
}
const delegate = (chain: StakeChain, ctx: Context, d: number, v: number, amount: bigint) =>
  chain.send(ctx, MsgDelegate, {
    delegatorAddress: chain.acc(d),
    validatorAddress: chain.valoper(v),
    amount: stake(amount),
  });
const undelegate = (chain: StakeChain, ctx: Context, d: number, v: number, amount: bigint) =>
  MsgUndelegateResponse.decode(
    chain.send(ctx, MsgUndelegate, {
      delegatorAddress: chain.acc(d),
      validatorAddress: chain.valoper(v),
      amount: stake(amount),
    }),
  );
const redelegate = (chain: StakeChain, ctx: Context, d: number, from: number, to: number, amount: bigint) =>
  MsgBeginRedelegateResponse.decode(
    chain.send(ctx, MsgBeginRedelegate, {
      delegatorAddress: chain.acc(d),
      validatorSrcAddress: chain.valoper(from),
      validatorDstAddress: chain.valoper(to),
      amount: stake(amount),
    }),
  );
const powers = (updates: readonly { pubKey?: { ed25519?: Uint8Array }; power: bigint }[]) =>
  updates.map(({ pubKey, power }) => [toHex(pubKey!.ed25519!), power]);
const key = (i: number): string => toHex(testConsensusKey(i));
const eventsOf = (ctx: Context, type: string) =>
  ctx.events.events
    .filter((event) => event.type === type)
    .map(({ attributes }) => Object.fromEntries(attributes.map(({ key, value }) => [key, value])));

describe("validator set", () => {
  test("bonds the strongest, unbonds who falls behind, and reports what changed", () => {
    const chain = chainOf(10n * M, 20n * M, 30n * M);
    let ctx = chain.beginBlock(chain.ctx);
    chain.createValidator(ctx, 3, 15n * M);
    expect(powers(chain.endBlock(ctx))).toEqual([
      [key(3), 15n],
      [key(0), 0n],
    ]);
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).status).toBe(
      BondStatus.BOND_STATUS_UNBONDING,
    );
    expect(chain.staking.lastTotalPower(ctx)).toBe(65n);
    expect(chain.staking.totalBondedTokens(ctx)).toBe(65n * M);
    ctx = chain.beginBlock(ctx, { seconds: 99n });
    expect(powers(chain.endBlock(ctx))).toEqual([]);
    ctx = chain.beginBlock(ctx, { seconds: 1n });
    chain.endBlock(ctx);
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).status).toBe(
      BondStatus.BOND_STATUS_UNBONDED,
    );
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("breaks ties of power by the lower operator address", () => {
    const chain = chainOf(10n * M, 10n * M, 10n * M, 10n * M);
    const ranked = [0, 1, 2, 3].sort((a, b) =>
      toHex(chain.operator(a)) < toHex(chain.operator(b)) ? -1 : 1,
    );
    const bonded = chain.staking.bondedValidatorsByPower(chain.ctx).map(({ operator }) => toHex(operator));
    expect(bonded).toEqual(ranked.slice(0, 3).map((i) => toHex(chain.operator(i))));
  });

  test("does not bond a validator without power and takes one back into the set", () => {
    const chain = chainOf(10n * M, 20n * M);
    let ctx = chain.beginBlock(chain.ctx);
    chain.createValidator(ctx, 2, M - 1n);
    expect(chain.endBlock(ctx)).toEqual([]);
    ctx = chain.beginBlock(ctx);
    chain.staking.jail(ctx, chain.consAddr(0));
    expect(powers(chain.endBlock(ctx))).toEqual([[key(0), 0n]]);
    ctx = chain.beginBlock(ctx);
    chain.staking.unjail(ctx, chain.consAddr(0));
    expect(powers(chain.endBlock(ctx))).toEqual([[key(0), 10n]]);
    ctx = chain.beginBlock(ctx, { seconds: 1000n });
    chain.endBlock(ctx); // its place in the queue is gone
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).status).toBe(BondStatus.BOND_STATUS_BONDED);
  });

  test("an operator who takes out too much of the own stake is jailed", () => {
    const chain = chainOf(10n * M, 20n * M);
    const ctx = chain.beginBlock(chain.ctx);
    chain.fund(ctx, chain.operator(0), M);
    const { staking, operator } = chain;
    const shares = staking.validateUnbondAmount(ctx, operator(0), operator(0), 10n * M);
    staking.undelegate(ctx, operator(0), operator(0), shares);
    expect(staking.requireValidator(ctx, operator(0)).jailed).toBe(true);
    chain.endBlock(ctx);
    // empty, and removed only when it has unbonded
    expect(staking.validator(ctx, operator(0))).toBeDefined();
    const later = chain.beginBlock(ctx, { seconds: 100n });
    chain.endBlock(later);
    expect(staking.validator(later, operator(0))).toBeUndefined();
    expect(staking.validatorByConsAddr(later, chain.consAddr(0))).toBeUndefined();
    expect(chain.brokenInvariants(later)).toEqual([]);
  });
});

describe("messages", () => {
  test("delegating emits what the SDK emits and counts in the next set", () => {
    const chain = chainOf(10n * M);
    const ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 5n * M);
    expect(eventsOf(ctx, "delegate")).toEqual([
      {
        validator: chain.valoper(0),
        delegator: chain.acc(0),
        amount: "5000000stake",
        new_shares: "5000000.000000000000000000",
      },
    ]);
    expect(powers(chain.endBlock(ctx))).toEqual([[key(0), 15n]]);
  });

  test("events come in the order of a recorded provider chain", () => {
    const chain = chainOf(10n * M);
    let ctx = chain.beginBlock(chain.ctx);
    const typesSince = (at: Context, act: () => unknown): string[] => {
      const before = at.events.events.length;
      act();
      return at.events.events.slice(before).map(({ type }) => type);
    };
    expect(typesSince(ctx, () => delegate(chain, ctx, 0, 0, 5n * M))).toEqual([
      "coin_spent",
      "coin_received",
      "delegate",
    ]);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(chain.beginBlock(ctx));
    expect(typesSince(ctx, () => undelegate(chain, ctx, 0, 0, M))).toEqual([
      ...["coin_spent", "coin_received", "transfer", "message", "withdraw_rewards"],
      ...["coin_spent", "coin_received", "transfer", "message", "unbond"],
    ]);
  });

  test("undelegated tokens come back when the unbonding time is over, entries of one block as one", () => {
    const chain = chainOf(10n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 5n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const before = chain.bank.getBalance(ctx, chain.account(0), "stake");
    const done = undelegate(chain, ctx, 0, 0, 2n * M).completionTime;
    undelegate(chain, ctx, 0, 0, M);
    expect(done.seconds * 1_000_000_000n + BigInt(done.nanos)).toBe(ctx.timeNs + UNBONDING_NS);
    chain.endBlock(ctx);
    const { entries } = chain.staking.unbondingDelegation(ctx, chain.account(0), chain.operator(0))!;
    expect(entries.map(({ balance, initialBalance }) => [balance, initialBalance])).toEqual([
      [3n * M, 3n * M],
    ]);
    ctx = chain.beginBlock(ctx, { seconds: 100n });
    chain.endBlock(ctx);
    // rewards of the delegation were paid at the undelegations
    expect(chain.bank.getBalance(ctx, chain.account(0), "stake") - before).toBeGreaterThanOrEqual(3n * M);
    // the second mention of the same record in the queue finds nothing
    expect(eventsOf(ctx, "complete_unbonding")).toEqual([
      { amount: "3000000stake", validator: chain.valoper(0), delegator: chain.acc(0) },
    ]);
    expect(chain.staking.unbondingDelegation(ctx, chain.account(0), chain.operator(0))).toBeUndefined();
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("unbonding can be cancelled, in part", () => {
    const chain = chainOf(10n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 5n * M);
    undelegate(chain, ctx, 0, 0, 4n * M);
    const height = ctx.height;
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const cancel = (amount: bigint, creationHeight: bigint) =>
      chain.send(ctx, MsgCancelUnbondingDelegation, {
        delegatorAddress: chain.acc(0),
        validatorAddress: chain.valoper(0),
        amount: stake(amount),
        creationHeight,
      });
    expect(codeOf(() => cancel(M, height + 1n))).toBe("sdk/38");
    expect(codeOf(() => cancel(5n * M, height))).toBe("sdk/18");
    cancel(3n * M, height);
    const left = chain.staking.unbondingDelegation(ctx, chain.account(0), chain.operator(0))!.entries[0]!;
    expect([left.balance, left.initialBalance]).toEqual([M, M]);
    expect(chain.staking.requireDelegation(ctx, chain.account(0), chain.operator(0)).shares.toString()).toBe(
      "4000000.000000000000000000",
    );
    cancel(M, height);
    expect(chain.staking.unbondingDelegation(ctx, chain.account(0), chain.operator(0))).toBeUndefined();
    expect(codeOf(() => cancel(M, height))).toBe("undefined/1");
    chain.endBlock(ctx);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("redelegated stake cannot hop on before it has answered for its source", () => {
    const chain = chainOf(10n * M, 20n * M, 30n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 6n * M);
    redelegate(chain, ctx, 0, 0, 1, 3n * M);
    expect(codeOf(() => redelegate(chain, ctx, 0, 1, 2, M))).toBe("staking/32");
    expect(codeOf(() => redelegate(chain, ctx, 0, 0, 0, M))).toBe("staking/29");
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx, { seconds: 100n });
    chain.endBlock(ctx);
    expect(eventsOf(ctx, "complete_redelegation")).toEqual([
      {
        amount: "3000000stake",
        delegator: chain.acc(0),
        source_validator: chain.valoper(0),
        destination_validator: chain.valoper(1),
      },
    ]);
    redelegate(chain, ctx, 0, 1, 2, M);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("stake that leaves an unbonding validator answers until that has unbonded, an unbonded one's not at all", () => {
    const chain = chainOf(10n * M, 20n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 6n * M);
    chain.staking.jail(ctx, chain.consAddr(0));
    chain.endBlock(ctx);
    const unbonding = chain.staking.requireValidator(ctx, chain.operator(0));
    ctx = chain.beginBlock(ctx, { seconds: 40n });
    redelegate(chain, ctx, 0, 0, 1, M);
    const [entry] = chain.staking.redelegationsFromSrcValidator(ctx, chain.operator(0))[0]!.entries;
    expect([entry!.creationHeight, entry!.completionTimeNs]).toEqual([
      unbonding.unbondingHeight,
      unbonding.unbondingTimeNs,
    ]);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx, { seconds: 60n });
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const { completionTime } = redelegate(chain, ctx, 0, 0, 1, M);
    expect(completionTime.seconds).toBe(-62_135_596_800n); // Go's zero time
    expect(chain.staking.redelegationsFromSrcValidator(ctx, chain.operator(0))).toEqual([]);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("the last stake of an unbonded validator cannot be redelegated: its validator is gone when that is looked at", () => {
    const chain = chainOf(10n * M, 20n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 6n * M);
    undelegate(chain, ctx, 0, 0, 6n * M);
    chain.staking.jail(ctx, chain.consAddr(0));
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx, { seconds: 100n });
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const redelegateAll = () =>
      chain.send(ctx, MsgBeginRedelegate, {
        delegatorAddress: chain.addresses.account.encode(chain.operator(0)),
        validatorSrcAddress: chain.valoper(0),
        validatorDstAddress: chain.valoper(1),
        amount: stake(10n * M),
      });
    expect(codeOf(redelegateAll)).toBe("staking/3");
  });

  test("a redelegation reads the parameters as often from an unbonding validator as from a bonded one", () => {
    /** Gas that nine more for each reading of the parameters come to. */
    const dearer = (jailed: boolean): bigint => {
      const gasWith = (historicalEntries: number): bigint => {
        const chain = chainOf(10n * M, 20n * M, 30n * M);
        let ctx = chain.beginBlock(chain.ctx);
        chain.staking.setParams(ctx, { ...chain.staking.params(ctx), historicalEntries });
        delegate(chain, ctx, 0, 0, 6n * M);
        // Both: stake that changed its pool would read them once more.
        if (jailed) for (const i of [0, 1]) chain.staking.jail(ctx, chain.consAddr(i));
        chain.endBlock(ctx);
        ctx = chain.beginBlock(ctx);
        const before = ctx.gas.consumed;
        redelegate(chain, ctx, 0, 0, 1, M);
        return ctx.gas.consumed - before;
      };
      return gasWith(2 ** 28) - gasWith(10_000);
    };
    expect([dearer(false), dearer(true)]).toEqual([18n, 18n]);
  });

  test("entries are limited", () => {
    const chain = createStakeChain({
      tokens: [10n * M, 20n * M],
      balances: [1000n * M],
      params: { maxEntries: 2 },
    });
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 60n * M);
    for (let i = 0; i < 2; i++) {
      undelegate(chain, ctx, 0, 0, M);
      redelegate(chain, ctx, 0, 0, 1, M);
      chain.endBlock(ctx);
      ctx = chain.beginBlock(ctx);
    }
    expect(codeOf(() => undelegate(chain, ctx, 0, 0, M))).toBe("staking/27");
    expect(codeOf(() => redelegate(chain, ctx, 0, 0, 1, M))).toBe("staking/33");
  });

  test.each<[string, Partial<MsgCreateValidator>, string]>([
    ["another's operator", { validatorAddress: createStakeChain().valoper(0) }, "staking/4"],
    ["another's key", { pubkey: publicKeyToAny({ ed25519: testConsensusKey(0) }) }, "staking/5"],
    ["no key", { pubkey: undefined as never }, "staking/39"],
    ["another denomination", { value: { denom: "uatom", amount: "1000000" } }, "sdk/18"],
    ["no amount", { value: { denom: "stake", amount: "0" } }, "sdk/18"],
    ["less than promised", { minSelfDelegation: "2000000" }, "staking/16"],
    ["no promise", { minSelfDelegation: "0" }, "sdk/18"],
    ["a rate above the maximum", { commission: rates("0.3", "0.2", "0.1") }, "staking/11"],
    ["a maximum above one", { commission: rates("0.3", "1.1", "0.1") }, "staking/10"],
    ["a change above the maximum", { commission: rates("0.1", "0.2", "0.3") }, "staking/14"],
    ["a rate below the minimum", { commission: rates("0.01", "0.2", "0.1") }, "staking/40"],
    ["a long moniker", { description: { ...describe0(), moniker: "m".repeat(71) } }, "sdk/18"],
    ["no description", { description: { ...describe0(), moniker: "" } }, "sdk/18"],
    ["nothing wrong", {}, "none"],
  ])("creating a validator with %s", (_, change, expected) => {
    const chain = createStakeChain({
      tokens: [10n * M],
      params: { minCommissionRate: Dec.withPlaces(5n, 2) },
    });
    chain.fund(chain.ctx, chain.operator(9), 5n * M);
    const message: MsgCreateValidator = {
      description: describe0(),
      commission: rates("0.1", "0.2", "0.1"),
      minSelfDelegation: "1",
      delegatorAddress: "",
      validatorAddress: chain.valoper(9),
      pubkey: publicKeyToAny({ ed25519: testConsensusKey(9) }),
      value: stake(M),
      ...change,
    };
    expect(codeOf(() => chain.send(chain.ctx, MsgCreateValidator, message))).toBe(expected);
  });

  test("editing keeps what is marked so, and changes the rate once a day within its limits", () => {
    const chain = chainOf(10n * M);
    const keep = "[do-not-modify]";
    const edit = (ctx: Context, commissionRate: string, minSelfDelegation = "") =>
      chain.send(ctx, MsgEditValidator, {
        description: { moniker: keep, identity: "id", website: keep, securityContact: "", details: "" },
        validatorAddress: chain.valoper(0),
        commissionRate: commissionRate === "" ? "" : Dec.parse(commissionRate).toWire(),
        minSelfDelegation,
      });
    let ctx = chain.beginBlock(chain.ctx);
    expect(codeOf(() => edit(ctx, "0.2"))).toBe("staking/12");
    ctx = chain.beginBlock(ctx, { seconds: 86_400n });
    expect(codeOf(() => edit(ctx, "1.1"))).toBe("sdk/18");
    expect(codeOf(() => edit(ctx, "", "1"))).toBe("staking/17");
    expect(codeOf(() => edit(ctx, "", "10000001"))).toBe("staking/16");
    edit(ctx, "0.2", "7");
    const validator = chain.staking.requireValidator(ctx, chain.operator(0));
    expect(validator.description).toEqual({
      moniker: "v0",
      identity: "id",
      website: "",
      securityContact: "",
      details: "",
    });
    expect([validator.commission.rate.toString(), validator.minSelfDelegation]).toEqual([
      "0.200000000000000000",
      7n,
    ]);
    const seconds = ctx.timeNs / 1_000_000_000n;
    expect(eventsOf(ctx, "edit_validator")).toEqual([
      {
        commission_rate: `commission_rates:<rate:"200000000000000000" max_rate:"1000000000000000000" max_change_rate:"1000000000000000000" > update_time:<seconds:${seconds} > `,
        min_self_delegation: "7",
      },
    ]);
  });

  test("a raised minimum commission raises the rates below it, and only the authority may raise it", () => {
    const chain = chainOf(10n * M);
    const update = (authority: string) =>
      chain.send(chain.ctx, MsgUpdateParams, {
        authority,
        params: stakingParamsToProto({
          ...chain.staking.params(chain.ctx),
          minCommissionRate: Dec.withPlaces(15n, 2),
        }),
      });
    expect(codeOf(() => update(chain.acc(0)))).toBe("gov/13");
    update(chain.authority);
    expect(chain.staking.requireValidator(chain.ctx, chain.operator(0)).commission.rate.toString()).toBe(
      "0.150000000000000000",
    );
  });
});

describe("slashing stake", () => {
  test("reaches what was undelegated or moved since the infraction, and nothing that left before", () => {
    const chain = chainOf(100n * M, 100n * M, 100n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 100n * M);
    undelegate(chain, ctx, 0, 0, 10n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const infraction = ctx.height;
    undelegate(chain, ctx, 0, 0, 20n * M);
    redelegate(chain, ctx, 0, 0, 1, 30n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    const supply = chain.bank.getSupply(ctx, "stake");
    const burned = chain.staking.slash(ctx, chain.consAddr(0), infraction, 190n, Dec.withPlaces(5n, 1));
    expect(burned).toBe(70n * M); // 95 − 10 − 15
    expect(supply - chain.bank.getSupply(ctx, "stake")).toBe(95n * M);
    const { entries } = chain.staking.unbondingDelegation(ctx, chain.account(0), chain.operator(0))!;
    expect(entries.map(({ balance }) => balance)).toEqual([10n * M, 10n * M]);
    expect(chain.staking.requireValidator(ctx, chain.operator(1)).tokens).toBe(115n * M);
    chain.endBlock(ctx);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("undelegating after redelegating is no way out", () => {
    const chain = chainOf(100n * M, 100n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 100n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    redelegate(chain, ctx, 0, 0, 1, 100n * M);
    undelegate(chain, ctx, 0, 1, 100n * M);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    chain.staking.slash(ctx, chain.consAddr(0), ctx.height - 1n, 200n, Dec.withPlaces(1n, 1));
    const { entries } = chain.staking.unbondingDelegation(ctx, chain.account(0), chain.operator(1))!;
    expect(entries[0]!.balance).toBe(90n * M);
    expect(chain.staking.requireValidator(ctx, chain.operator(1)).tokens).toBe(100n * M);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("goes on when it takes the last shares of an unbonded destination", () => {
    const chain = chainOf(100n * M, 100n * M, 100n * M);
    let ctx = chain.beginBlock(chain.ctx);
    delegate(chain, ctx, 0, 0, 100n * M);
    chain.staking.jail(ctx, chain.consAddr(2));
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx, { seconds: 100n });
    chain.endBlock(ctx); // 2 is unbonded
    ctx = chain.beginBlock(ctx);
    redelegate(chain, ctx, 0, 0, 2, 50n * M);
    const all = chain.staking.requireDelegation(ctx, chain.operator(2), chain.operator(2)).shares;
    chain.staking.undelegate(ctx, chain.operator(2), chain.operator(2), all);
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx);
    chain.staking.slash(ctx, chain.consAddr(0), ctx.height - 1n, 200n, Dec.ONE);
    expect(chain.staking.validator(ctx, chain.operator(2))).toBeUndefined();
    chain.endBlock(ctx);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("refuses the future, a negative factor and an unbonded validator; an unknown one loses nothing", () => {
    const chain = chainOf(10n * M, 20n * M);
    const { staking } = chain;
    let ctx = chain.beginBlock(chain.ctx);
    const slash = (height: bigint, factor: Dec) => staking.slash(ctx, chain.consAddr(0), height, 10n, factor);
    expect(codeOf(() => slash(ctx.height + 1n, Dec.ONE))).toBe("undefined/1");
    expect(codeOf(() => slash(ctx.height, Dec.ONE.neg()))).toBe("undefined/1");
    expect(staking.slash(ctx, chain.consAddr(7), ctx.height, 10n, Dec.ONE)).toBe(0n);
    staking.jail(ctx, chain.consAddr(0));
    expect(codeOf(() => staking.jail(ctx, chain.consAddr(0)))).toBe("staking/7");
    chain.endBlock(ctx);
    ctx = chain.beginBlock(ctx, { seconds: 100n });
    chain.endBlock(ctx);
    expect(codeOf(() => slash(ctx.height, Dec.ONE))).toBe("undefined/1");
  });

  test("no tokens can be delegated when all were slashed away", () => {
    const chain = chainOf(10n * M, 20n * M);
    const ctx = chain.beginBlock(chain.ctx);
    chain.staking.slash(ctx, chain.consAddr(0), ctx.height, 10n, Dec.ONE);
    expect(codeOf(() => delegate(chain, ctx, 0, 0, M))).toBe("staking/34");
    expect(powers(chain.endBlock(ctx))).toEqual([[key(0), 0n]]);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });
});

test("an exported genesis document lists the last set", () => {
  const chain = chainOf(10n * M, 20n * M, 30n * M, 40n * M);
  const module = chain.modules.find(({ name }) => name === "staking")!;
  const entries = module.genesisValidators!(chain.ctx).map(({ pubKey, power, name }) => [
    toHex(pubKey.ed25519!),
    power,
    name,
  ]);
  expect(entries.sort()).toEqual(
    [
      [key(1), 20n, "v1"],
      [key(2), 30n, "v2"],
      [key(3), 40n, "v3"],
    ].sort(),
  );
});

describe("historical infos", () => {
  test("are kept for as many heights as asked, with the set by power", () => {
    const chain = createStakeChain({ tokens: [10n * M, 20n * M], params: { historicalEntries: 3 } });
    let ctx = chain.ctx;
    for (let i = 0; i < 5; i++) {
      ctx = chain.beginBlock(ctx);
      chain.endBlock(ctx);
    }
    expect([2n, 3n, 4n, 5n, 6n].map((h) => chain.staking.historicalInfo(ctx, h) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    const info = chain.staking.historicalInfo(ctx, 6n)!;
    expect(info.header.height).toBe(6n);
    expect(info.valset.map(({ operatorAddress, tokens }) => [operatorAddress, tokens])).toEqual([
      [chain.valoper(1), "20000000"],
      [chain.valoper(0), "10000000"],
    ]);
  });
});

describe("queries", () => {
  const ask = <Q, R>(
    chain: StakeChain,
    name: string,
    request: { encode(q: Q): { finish(): Uint8Array } },
    response: { decode(b: Uint8Array): R },
    q: Q,
  ): R => {
    const route = chain.modules
      .flatMap(({ queries }) => queries ?? [])
      .find(({ path }) => path === `/cosmos.staking.v1beta1.Query/${name}`)!;
    return response.decode(route.run(chain.ctx, request.encode(q).finish()));
  };
  const page = { key: new Uint8Array(), offset: 0n, limit: 0n, countTotal: false, reverse: false };

  test("list validators by status and in pages", () => {
    const chain = chainOf(10n * M, 20n * M, 30n * M, 40n * M);
    const list = (status: string, limit: bigint) =>
      ask(chain, "Validators", QueryValidatorsRequest, QueryValidatorsResponse, {
        status,
        pagination: { ...page, limit },
      });
    expect(list("BOND_STATUS_BONDED", 0n).validators).toHaveLength(3);
    expect(list("BOND_STATUS_UNBONDED", 0n).validators.map(({ tokens }) => tokens)).toEqual(["10000000"]);
    const first = list("", 3n);
    expect(first.validators).toHaveLength(3);
    expect(first.pagination!.nextKey.length).toBeGreaterThan(0);
    expect(() => list("BONDED", 0n)).toThrow("invalid validator status BONDED");
  });

  test("tell the balance of delegations and refuse what does not exist", () => {
    const chain = chainOf(10n * M, 20n * M);
    delegate(chain, chain.ctx, 0, 0, 3n * M);
    redelegate(chain, chain.ctx, 0, 0, 1, M);
    const { delegationResponses } = ask(
      chain,
      "DelegatorDelegations",
      QueryDelegatorDelegationsRequest,
      QueryDelegatorDelegationsResponse,
      { delegatorAddr: chain.acc(0), pagination: page },
    );
    expect(delegationResponses.map(({ balance }) => balance.amount).sort()).toEqual(["1000000", "2000000"]);
    const { redelegationResponses } = ask(
      chain,
      "Redelegations",
      QueryRedelegationsRequest,
      QueryRedelegationsResponse,
      { delegatorAddr: chain.acc(0), srcValidatorAddr: "", dstValidatorAddr: "", pagination: page },
    );
    expect(redelegationResponses[0]!.entries[0]!.balance).toBe("1000000");
    try {
      ask(chain, "Validator", QueryValidatorRequest, QueryValidatorsResponse, {
        validatorAddr: chain.valoper(8),
      });
      throw new Error("not refused");
    } catch (error) {
      expect([(error as GrpcError).status, (error as Error).message]).toEqual([
        5,
        `validator ${chain.valoper(8)} not found`,
      ]);
    }
  });
});

function rates(rate: string, maxRate: string, maxChangeRate: string) {
  const wire = (text: string): string => Dec.parse(text).toWire();
  return { rate: wire(rate), maxRate: wire(maxRate), maxChangeRate: wire(maxChangeRate) };
}

function describe0() {
  return { moniker: "m", identity: "", website: "", securityContact: "", details: "" };
}
