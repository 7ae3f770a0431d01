/** What must always hold of rewards (SDK x/distribution `keeper/invariants.go`). */
import {
  addDecCoins,
  type Context,
  type DecCoins,
  formatCoins,
  subCoins,
  subDecCoins,
  truncateDecCoins,
} from "@tandem-ics/runtime";
import { DISTRIBUTION_ACCOUNT } from "./dependencies.ts";
import type { DistributionParty } from "./keeper.ts";

/** Name → what is broken, or `undefined`. */
export function createDistributionInvariants(
  party: DistributionParty,
): Readonly<Record<string, (ctx: Context) => string | undefined>> {
  const { keeper, parts } = party;
  const { state, staking, addresses } = parts;
  return {
    "nonnegative-outstanding": (ctx) => {
      for (const [valAddr, rewards] of state.outstanding.entries(ctx)) {
        if (rewards.some(({ amount }) => amount.isNegative()))
          return `negative outstanding rewards of ${addresses.validator.encode(valAddr)}`;
      }
      return undefined;
    },
    /** Everybody could withdraw now. */
    "can-withdraw": (ctx) => {
      const open = new Map<string, DecCoins>();
      for (const [valAddr, rewards] of state.outstanding.entries(ctx)) {
        const commission = keeper.accumulatedCommission(ctx, valAddr);
        open.set(addresses.validator.encode(valAddr), subDecCoins(rewards, commission));
      }
      for (const { delegator, validator } of staking.delegations(ctx)) {
        const key = addresses.validator.encode(validator);
        const rewards = keeper.delegationRewards(ctx, delegator, validator);
        open.set(key, subDecCoins(open.get(key) ?? [], rewards));
      }
      for (const [validator, rest] of open) {
        // rounding may claim the last digits twice, and a payment is never more than what is there
        if (rest.some(({ amount }) => amount.truncateInt() < 0n))
          return `outstanding rewards of ${validator} are less than what delegators can claim`;
      }
      return undefined;
    },
    "reference-count": (ctx) => {
      const validators = [...state.current.keys(ctx)].length;
      const delegations = state.startingInfos.keys(ctx).length;
      const slashes = state.slashEvents.keys(ctx).length;
      const expected = validators + delegations + slashes;
      const count = state.historical.values(ctx).reduce((sum, { references }) => sum + references, 0);
      return count === expected
        ? undefined
        : `historical reference count ${count}, expected ${validators} validators + ${delegations} delegations + ${slashes} slashes`;
    },
    "module-account": (ctx) => brokenAccount(party, ctx, 0n),
  };
}

/**
 * What is wrong when the module's account does not hold all rewards and the community pool, in whole coins. Up to `excess`
 * coins of each denomination may be there besides.
 */
export function brokenAccount(
  { keeper, parts: { state, bank, auth } }: DistributionParty,
  ctx: Context,
  excess: bigint,
): string | undefined {
  let holdings = keeper.communityPool(ctx);
  for (const rewards of state.outstanding.values(ctx)) holdings = addDecCoins(holdings, rewards);
  const { whole } = truncateDecCoins(holdings);
  const balances = bank.getAllBalances(ctx, auth.getModuleAddress(DISTRIBUTION_ACCOUNT));
  const rest = subCoins(balances, whole);
  return rest?.every(({ amount }) => amount <= excess)
    ? undefined
    : `${DISTRIBUTION_ACCOUNT} holds ${formatCoins(balances)}, rewards and community pool are ${formatCoins(whole)}`;
}
