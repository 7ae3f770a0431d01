/** Sharing out consumers' rewards beside a naive twin, over real distribution and bank. */
import { toHex } from "@tandem-ics/crypto";
import { amountOf, Dec, type DecCoins } from "@tandem-ics/runtime";
import fc from "fast-check";
import { setAllocation } from "../../packages/ccv/src/provider/rewards.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { floor, ONE } from "./naive/fractions.ts";
import { payOut } from "./naive/rewards.ts";
import { createProviderChain, type ProviderChain, REWARDS_POOL } from "./provider-chain.ts";
import { type Choices, choicesFrom } from "./seeded.ts";

const M = 1_000_000n;
const GOVERNED = ["ibc/AA", "ugov"];
const OWN = "uown";
const UNLISTED = "unlisted";
const DENOMS = [...GOVERNED, OWN, UNLISTED];
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 12);

/** The amount of a denomination, 10^-18. */
const decimals = (coins: DecCoins, denom: string): bigint => {
  const coin = coins.find((candidate) => candidate.denom === denom);
  return coin === undefined ? 0n : BigInt(coin.amount.toWire());
};

/** Everything that a payout moves, of one denomination. */
function books(chain: ProviderChain, count: number, id: string, denom: string) {
  const { bank, auth, distribution, now, operator } = chain;
  const balance = (name: string): bigint =>
    amountOf(bank.getAllBalances(now, auth.getModuleAddress(name)), denom);
  return {
    pool: balance(REWARDS_POOL),
    distribution: balance("distribution"),
    community: decimals(distribution.communityPool(now), denom),
    waiting: state.rewardAllocations
      .get(now, [id, denom])
      ?.rewards.reduce((sum, { amount }) => sum + BigInt(amount), 0n),
    outstanding: Array.from({ length: count }, (_, i) =>
      decimals(distribution.outstandingRewards(now, operator(i)), denom),
    ),
    commission: Array.from({ length: count }, (_, i) =>
      decimals(distribution.accumulatedCommission(now, operator(i)), denom),
    ),
  };
}

/** A launched consumer with members of different seniority, powers and commissions. */
function employed(chain: ProviderChain, choices: Choices, tokens: readonly bigint[]): string {
  // Without a member in the provider's own set there is no launch.
  const strongest = tokens.reduce((best, amount, i) => (amount > tokens[best]! ? i : best), 0);
  const id = chain.create({
    topN: 0,
    validatorsPowerCap: choices.chance(50) ? 1 + choices.below(100) : 0,
    validatorSetCap: 0,
    allowlist: [],
    denylist: [],
    minStake: 0n,
    allowInactiveVals: true,
    prioritylist: [],
  });
  chain.optIn(id, strongest);
  chain.spawn(id);
  chain.nextBlock();
  chain.openChannel(id);
  for (let i = 0; i < tokens.length; i++) {
    if (i !== strongest && choices.chance(80)) chain.optIn(id, i);
    if (choices.chance(10)) chain.nextBlock();
  }
  for (let i = 0; i < tokens.length; i++)
    if (choices.chance(40)) {
      const rate = Dec.withPlaces(BigInt(choices.below(1001)), 3);
      state.commissionRates.set(chain.now, [id, chain.consAddr(i)], rate);
    }
  state.allowlistedDenoms.set(chain.now, id, { denoms: [OWN] });
  chain.nextEpoch();
  return id;
}

/** Puts rewards down as if they had arrived. */
function reward(chain: ProviderChain, choices: Choices, id: string): void {
  for (const denom of DENOMS) {
    if (choices.chance(25)) continue;
    const whole = BigInt(choices.below(choices.of([3, 1000, 10 ** 9])));
    const rest = choices.chance(50) ? BigInt(choices.below(10 ** 9)) * 10n ** 9n : 0n;
    const amount = Dec.fromWire((whole * ONE + rest).toString());
    setAllocation(chain.now, id, denom, amount.isZero() ? [] : [{ denom, amount }]);
    const coins = [{ denom, amount: whole + 1n }];
    chain.bank.mintCoins(chain.now, "mint", coins);
    chain.bank.sendFromModuleToModule(chain.now, "mint", REWARDS_POOL, coins);
  }
}

test("every payout is the naive twin's, and decimals wait for the next", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 1, max: 20 }) },
        { weight: 1, arbitrary: fc.integer({ min: 21, max: 300 }) },
      ),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      (count, seed) => {
        const choices = choicesFrom(seed);
        const epochs = BigInt(1 + choices.below(3));
        const tokens = Array.from({ length: count }, () => BigInt(1 + choices.below(500)) * M);
        const chain = createProviderChain(
          { tokens, params: { maxValidators: count } },
          { numberOfEpochsToStartReceivingRewards: epochs },
        );
        const { distribution } = chain;
        const tax = BigInt(choices.below(1001)) * 10n ** 15n;
        distribution.setParams(chain.now, {
          ...distribution.params(chain.now),
          communityTax: Dec.fromWire(tax.toString()),
        });
        for (const denom of GOVERNED) state.rewardDenoms.set(chain.now, denom, true);
        const id = employed(chain, choices, tokens);
        for (let round = 0; round < 4; round++) {
          reward(chain, choices, id);
          const before = DENOMS.map((denom) => books(chain, count, id, denom));
          chain.nextBlock();
          const set = state.consumerValidators
            .values(chain.now, { prefix: state.consumerPrefix(id) })
            .map(({ providerConsAddr, power, joinHeight }) => ({
              address: toHex(providerConsAddr),
              power,
              joinHeight,
              commission: BigInt(
                (
                  state.commissionRates.get(chain.now, [id, providerConsAddr]) ?? Dec.withPlaces(1n, 1)
                ).toWire(),
              ),
            }));
          DENOMS.forEach((denom, d) => {
            const was = before[d]!;
            const found = books(chain, count, id, denom);
            if (denom === UNLISTED || was.waiting === undefined) {
              expect(found).toEqual(was);
              return;
            }
            const paid = payOut(was.waiting, tax, chain.now.height, epochs * 3n, set);
            const of = (shares: ReadonlyMap<string, bigint>, i: number): bigint =>
              shares.get(toHex(chain.consAddr(i))) ?? 0n;
            expect(found).toEqual({
              pool: was.pool - paid.validators - paid.community,
              distribution: was.distribution + paid.validators + paid.community,
              community: was.community + paid.community * ONE,
              waiting: paid.kept === 0n ? undefined : paid.kept,
              outstanding: was.outstanding.map((amount, i) => amount + of(paid.shares, i)),
              commission: was.commission.map((amount, i) => amount + of(paid.commissions, i)),
            });
            // Dust belongs to nobody, and nothing is paid that did not come.
            const shared = [...paid.shares.values()].reduce((sum, share) => sum + share, 0n);
            expect(shared).toBeLessThanOrEqual(paid.validators * ONE);
            expect(floor(paid.kept, ONE) <= 1n).toBe(true);
          });
          chain.nextEpoch();
        }
      },
    ),
    { numRuns: RUNS },
  );
}, 300_000);
