/** What must always hold of stake (SDK x/staking `keeper/invariants.go`). */
import { equalBytes, toBinary } from "@tandem-ics/crypto";
import { type Context, Dec } from "@tandem-ics/runtime";
import { BONDED_POOL, NOT_BONDED_POOL } from "./dependencies.ts";
import type { StakingParty } from "./keeper.ts";
import { consensusPower, isBonded } from "./validator.ts";

/** Name → what is broken, or `undefined`. */
export function createStakingInvariants(
  party: StakingParty,
): Readonly<Record<string, (ctx: Context) => string | undefined>> {
  const { keeper, validators, pools, parts } = party;
  const { state, addresses, powerReduction } = parts;
  return {
    "module-accounts": (ctx) => {
      let bonded = 0n;
      let notBonded = 0n;
      for (const validator of validators.all(ctx)) {
        if (isBonded(validator)) bonded += validator.tokens;
        else notBonded += validator.tokens;
      }
      for (const { entries } of state.unbondings.values(ctx)) {
        for (const { balance } of entries) notBonded += balance;
      }
      if (pools.bondedTokens(ctx) !== bonded)
        return `${BONDED_POOL} holds ${pools.bondedTokens(ctx)}, validators ${bonded}`;
      if (pools.notBondedTokens(ctx) !== notBonded)
        return `${NOT_BONDED_POOL} holds ${pools.notBondedTokens(ctx)}, validators and unbondings ${notBonded}`;
      return undefined;
    },
    "nonnegative-power": (ctx) => {
      for (const [{ power, operator }] of state.byPower.entries(ctx)) {
        const validator = validators.get(ctx, operator);
        const text = addresses.validator.encode(operator);
        if (validator === undefined) return `power index names unknown validator ${text}`;
        if (validator.tokens < 0n) return `validator ${text} has negative tokens`;
        if (power !== consensusPower(validator.tokens, powerReduction) || validator.jailed)
          return `power index is wrong about ${text}`;
      }
      return undefined;
    },
    "positive-delegation": (ctx) => {
      for (const { delegator, validator, shares } of keeper.delegations(ctx)) {
        if (shares.isPositive()) continue;
        return `delegation of ${addresses.account.encode(delegator)} to ${addresses.validator.encode(validator)} has shares ${shares}`;
      }
      return undefined;
    },
    "delegator-shares": (ctx) => {
      const sums = new Map<string, Dec>();
      for (const { validator, shares } of keeper.delegations(ctx)) {
        const key = toBinary(validator);
        sums.set(key, (sums.get(key) ?? Dec.ZERO).add(shares));
      }
      for (const { operator, shares } of validators.all(ctx)) {
        const sum = sums.get(toBinary(operator)) ?? Dec.ZERO;
        if (!sum.eq(shares))
          return `validator ${addresses.validator.encode(operator)} has ${shares} shares, its delegators ${sum}`;
      }
      return undefined;
    },
    "consensus-addresses": (ctx) => {
      for (const { operator, consAddress } of validators.all(ctx)) {
        const found = state.operators.get(ctx, consAddress);
        if (found === undefined || !equalBytes(found, operator))
          return `validator ${addresses.validator.encode(operator)} is not found by its consensus address`;
      }
      return undefined;
    },
  };
}
