/** Laws of stake under any sequence of operations: nothing is lost, nothing comes from nowhere. */
import { compareBytes, toHex } from "@tandem-ics/crypto";
import { CodedError, type Context, createTestContext, Dec } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import fc from "fast-check";
import { createStakeChain, NO_TRANSACTIONS, type StakeChain } from "../testing.ts";

const M = 1_000_000n;
const VALIDATORS = 4;
const ACCOUNTS = 3;

type Step =
  | { act: "delegate" | "undelegate"; d: number; v: number; amount: bigint }
  | { act: "redelegate"; d: number; v: number; to: number; amount: bigint }
  | { act: "withdraw"; d: number; v: number }
  | { act: "commission" | "jail" | "unjail"; v: number }
  | { act: "slash"; v: number; ago: bigint; percent: bigint }
  | { act: "fees"; amount: bigint }
  | { act: "block"; seconds: bigint };

const d = fc.integer({ min: 0, max: ACCOUNTS - 1 });
const v = fc.integer({ min: 0, max: VALIDATORS - 1 });
const amount = fc.bigInt({ min: 1n, max: 60n * M });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant("delegate" as const), d, v, amount }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant("undelegate" as const), d, v, amount }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("redelegate" as const), d, v, to: v, amount }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("withdraw" as const), d, v }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constantFrom("commission" as const, "jail" as const, "unjail" as const),
      v,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant("slash" as const),
      v,
      ago: fc.bigInt({ min: 0n, max: 6n }),
      percent: fc.bigInt({ min: 0n, max: 100n }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("fees" as const), amount }) },
  {
    weight: 5,
    arbitrary: fc.record({ act: fc.constant("block" as const), seconds: fc.bigInt({ min: 1n, max: 60n }) }),
  },
);

/** Every account has delegated to the first two validators. */
function createChain(): StakeChain {
  const chain = createStakeChain({
    tokens: [10n * M, 20n * M, 30n * M, 40n * M],
    balances: Array.from({ length: ACCOUNTS }, () => 1000n * M),
    params: { unbondingTimeNs: 100_000_000_000n, maxValidators: 3 },
  });
  for (let d = 0; d < ACCOUNTS; d++) {
    for (const v of [0, 1]) act(chain, chain.ctx, { act: "delegate", d, v, amount: 40n * M });
  }
  chain.endBlock(chain.ctx);
  return chain;
}

/** One operation; refusals change nothing. */
function act(chain: StakeChain, ctx: Context, step: Exclude<Step, { act: "block" }>): void {
  const { staking, distribution, account, operator, consAddr } = chain;
  const val = (): Uint8Array => operator((step as { v: number }).v);
  switch (step.act) {
    case "delegate":
      staking.delegate(
        ctx,
        account(step.d),
        step.amount,
        BondStatus.BOND_STATUS_UNBONDED,
        staking.requireValidator(ctx, val()),
        true,
      );
      return;
    case "undelegate": {
      const shares = staking.validateUnbondAmount(ctx, account(step.d), val(), step.amount);
      staking.undelegate(ctx, account(step.d), val(), shares);
      return;
    }
    case "redelegate": {
      const shares = staking.validateUnbondAmount(ctx, account(step.d), val(), step.amount);
      staking.redelegate(ctx, account(step.d), val(), operator(step.to), shares);
      return;
    }
    case "withdraw":
      distribution.withdrawDelegationRewards(ctx, account(step.d), val());
      return;
    case "commission":
      distribution.withdrawValidatorCommission(ctx, val());
      return;
    case "jail":
      staking.jail(ctx, consAddr(step.v));
      return;
    case "unjail":
      staking.unjail(ctx, consAddr(step.v));
      return;
    case "slash": {
      const { tokens } = staking.requireValidator(ctx, val());
      const height = ctx.height - step.ago < 0n ? 0n : ctx.height - step.ago;
      staking.slash(ctx, consAddr(step.v), height, tokens / M, Dec.withPlaces(step.percent, 2));
      return;
    }
    case "fees":
      chain.bank.mintCoins(ctx, "mint", [{ denom: "stake", amount: step.amount }]);
      chain.bank.sendFromModuleToModule(ctx, "mint", "fee_collector", [
        { denom: "stake", amount: step.amount },
      ]);
      return;
  }
}

function run(chain: StakeChain, steps: readonly Step[], check: (ctx: Context) => void): Context {
  let ctx = chain.beginBlock(chain.ctx);
  for (const step of steps) {
    if (step.act === "block") {
      chain.endBlock(ctx);
      check(ctx);
      ctx = chain.beginBlock(ctx, { seconds: step.seconds });
      continue;
    }
    const branch = ctx.branch();
    try {
      act(chain, branch.ctx, step);
      branch.commit();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
    }
  }
  chain.endBlock(ctx);
  check(ctx);
  return ctx;
}

const totalOfAccounts = (chain: StakeChain, ctx: Context): bigint => {
  let total = 0n;
  for (const { denom, amount: held } of chain.bank.balances(ctx)) if (denom === "stake") total += held;
  return total;
};

test("pools, shares, rewards and supply add up after every block", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60 }), (steps) => {
      const chain = createChain();
      run(chain, steps, (ctx) => {
        expect(chain.brokenInvariants(ctx)).toEqual([]);
        expect(totalOfAccounts(chain, ctx)).toBe(chain.bank.getSupply(ctx, "stake"));
        const { staking } = chain;
        const bonded = staking
          .validators(ctx)
          .filter(({ status }) => status === BondStatus.BOND_STATUS_BONDED);
        expect(bonded.length).toBeLessThanOrEqual(3);
        expect(bonded.map(({ operator }) => toHex(operator))).toEqual(
          staking.lastValidatorPowers(ctx).map(({ operator }) => toHex(operator)),
        );
        const total = bonded.reduce((sum, { tokens }) => sum + tokens / M, 0n);
        if (bonded.length > 0) expect(staking.lastTotalPower(ctx)).toBe(total);
        // nobody outside is stronger than somebody inside
        const weakest = bonded.map(({ tokens }) => tokens / M).sort((a, b) => (a < b ? -1 : 1))[0];
        for (const { status, jailed, tokens } of staking.validators(ctx)) {
          if (status !== BondStatus.BOND_STATUS_BONDED && !jailed && bonded.length === 3)
            expect(tokens / M <= weakest!).toBe(true);
        }
      });
    }),
    { numRuns: 60 },
  );
});

test("everybody can leave with no more than is there, and the pools are empty then", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const chain = createChain();
      let ctx = run(chain, steps, () => undefined);
      // entries of an earlier unbonding may be in the way of the last one
      for (const seconds of [1n, 200n, 200n]) {
        ctx = chain.beginBlock(ctx, { seconds });
        for (const { delegator, validator, shares } of [...chain.staking.delegations(ctx)]) {
          const branch = ctx.branch();
          try {
            chain.staking.undelegate(branch.ctx, delegator, validator, shares);
            branch.commit();
          } catch (error) {
            if (!(error instanceof CodedError)) throw error;
          }
        }
        chain.endBlock(ctx);
        expect(chain.brokenInvariants(ctx)).toEqual([]);
      }
      ctx = chain.beginBlock(ctx, { seconds: 200n, lastCommit: { round: 0, votes: [] } });
      chain.endBlock(ctx);
      expect([...chain.staking.delegations(ctx)]).toEqual([]);
      expect(chain.staking.totalBondedTokens(ctx)).toBe(0n);
      expect(chain.brokenInvariants(ctx)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("an exported state is the same when imported and exported again, and goes on alike", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const first = createChain();
      const ctx = run(first, steps, () => undefined);
      const second = createChain();
      const fresh = createTestContext({
        stores: second.modules,
        height: ctx.height,
        timeNs: ctx.timeNs,
        mode: "genesis",
      });
      const states = first.modules.map((module) => module.exportGenesis?.(ctx) ?? {});
      second.modules.forEach((module, i) => {
        module.validateGenesis?.(states[i]!);
        module.initGenesis?.(fresh, states[i]!, NO_TRANSACTIONS);
      });
      expect(second.modules.map((module) => module.exportGenesis?.(fresh) ?? {})).toEqual(states);
      expect(second.brokenInvariants(fresh)).toEqual([]);
      const votes = { lastCommit: first.votes(ctx), seconds: 200n };
      const [a, b] = [first.beginBlock(ctx, votes), second.beginBlock(fresh, votes)];
      expect(second.endBlock(b)).toEqual(first.endBlock(a));
      const after = (chain: StakeChain, at: Context) =>
        chain.staking
          .validators(at)
          .map((validator) => [toHex(validator.operator), validator.tokens, validator.shares.toString()]);
      expect(after(second, b)).toEqual(after(first, a));
    }),
    { numRuns: 25 },
  );
});

test("the index by power sorts as its keys say", () => {
  const chain = createChain();
  const operators = chain.staking.bondedValidatorsByPower(chain.ctx);
  const sorted = [...operators].sort((a, b) =>
    a.tokens === b.tokens ? compareBytes(a.operator, b.operator) : a.tokens > b.tokens ? -1 : 1,
  );
  expect(operators).toEqual(sorted);
});
