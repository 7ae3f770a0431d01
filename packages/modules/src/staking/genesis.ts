/** Genesis of staking (SDK x/staking `keeper/genesis.go`). */
import { fromUtf8, utf8 } from "@tandem-ics/crypto";
import { amountOf, assert, type Context, type JsonObject, plainError } from "@tandem-ics/runtime";
import type { GenesisState } from "cosmjs-types/cosmos/staking/v1beta1/genesis";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { genesisFromJson, genesisToJson } from "../genesis-json.ts";
import {
  delegationFromProto,
  delegationToProto,
  redelegationFromProto,
  redelegationToProto,
  unbondingFromProto,
  unbondingToProto,
} from "./delegation.ts";
import { BONDED_POOL, NOT_BONDED_POOL } from "./dependencies.ts";
import type { StakingParty } from "./keeper.ts";
import {
  assertStakingParams,
  DEFAULT_STAKING_PARAMS,
  stakingParamsFromProto,
  stakingParamsToProto,
} from "./params.ts";
import { isBonded, isUnbonding, validatorFromProto, validatorToProto, validatorUpdate } from "./validator.ts";

const TYPE = "cosmos.staking.v1beta1.GenesisState";

/** Reads and writes the module's genesis. */
export interface StakingGenesis {
  defaultState(): JsonObject;
  validate(state: JsonObject): void;
  init(ctx: Context, state: JsonObject): ValidatorUpdate[];
  export(ctx: Context): JsonObject;
}

/** Genesis of the module. */
export function createStakingGenesis(party: StakingParty): StakingGenesis {
  const { keeper, parts } = party;
  const { state: store, addresses } = parts;
  const read = (json: JsonObject): GenesisState => genesisFromJson<GenesisState>(TYPE, json);
  return {
    defaultState: () =>
      genesisToJson<GenesisState>(TYPE, {
        params: stakingParamsToProto(DEFAULT_STAKING_PARAMS),
        lastTotalPower: utf8("0"),
        lastValidatorPowers: [],
        validators: [],
        delegations: [],
        unbondingDelegations: [],
        redelegations: [],
        exported: false,
      }),
    validate(json) {
      const state = read(json);
      assertStakingParams(stakingParamsFromProto(state.params));
      assertGenesisValidators(state, party);
    },
    init(ctx, json) {
      const state = read(json);
      // updates made at genesis count as those of the block before the first
      const genesisCtx = ctx.with({ block: { ...ctx.block, height: 0n } });
      keeper.setParams(genesisCtx, stakingParamsFromProto(state.params));
      store.lastTotalPower.set(genesisCtx, BigInt(fromUtf8(state.lastTotalPower) || "0"));
      const pools = initStake(genesisCtx, party, state);
      assertPool(genesisCtx, party, BONDED_POOL, pools.bonded);
      assertPool(genesisCtx, party, NOT_BONDED_POOL, pools.notBonded);
      if (!state.exported) return keeper.applyAndReturnValidatorSetUpdates(genesisCtx);
      // the set that was in force when the state was exported, even if stake has changed since
      return state.lastValidatorPowers.map(({ address, power }) => {
        const operator = addresses.validator.decode(address);
        store.lastPowers.set(genesisCtx, operator, power);
        return validatorUpdate(keeper.requireValidator(genesisCtx, operator), power);
      });
    },
    export: (ctx) =>
      genesisToJson<GenesisState>(TYPE, {
        params: stakingParamsToProto(keeper.params(ctx)),
        lastTotalPower: utf8(keeper.lastTotalPower(ctx).toString()),
        lastValidatorPowers: keeper
          .lastValidatorPowers(ctx)
          .map(({ operator, power }) => ({ address: addresses.validator.encode(operator), power })),
        validators: keeper.validators(ctx).map((validator) => validatorToProto(validator, addresses)),
        delegations: Array.from(keeper.delegations(ctx), (d) => delegationToProto(d, addresses)),
        unbondingDelegations: store.unbondings.values(ctx).map((u) => unbondingToProto(u, addresses)),
        redelegations: store.redelegations.values(ctx).map((r) => redelegationToProto(r, addresses)),
        exported: true,
      }),
  };
}

/** Writes all records and returns what the pools must hold. */
function initStake(ctx: Context, party: StakingParty, genesis: GenesisState) {
  const { keeper, parts, validators, records } = party;
  const { addresses, hooks } = parts;
  let bonded = 0n;
  let notBonded = 0n;
  for (const message of genesis.validators) {
    const validator = validatorFromProto(message, addresses);
    validators.set(ctx, validator);
    validators.setConsAddr(ctx, validator);
    validators.setPower(ctx, validator);
    if (!genesis.exported) hooks.afterValidatorCreated(ctx, validator.operator);
    if (isUnbonding(validator)) keeper.queueValidator(ctx, validator);
    if (isBonded(validator)) bonded += validator.tokens;
    else notBonded += validator.tokens;
  }
  for (const message of genesis.delegations) {
    const delegation = delegationFromProto(message, addresses);
    const { delegator, validator } = delegation;
    if (!genesis.exported) hooks.beforeDelegationCreated(ctx, delegator, validator);
    keeper.setDelegation(ctx, delegation);
    if (!genesis.exported) hooks.afterDelegationModified(ctx, delegator, validator);
  }
  for (const message of genesis.unbondingDelegations) {
    const unbonding = unbondingFromProto(message, addresses);
    records.restoreUnbonding(ctx, unbonding);
    for (const entry of unbonding.entries) notBonded += entry.balance;
  }
  for (const message of genesis.redelegations)
    records.restoreRedelegation(ctx, redelegationFromProto(message, addresses));
  return { bonded, notBonded };
}

function assertPool(ctx: Context, { keeper, parts }: StakingParty, pool: string, expected: bigint): void {
  const { auth, bank } = parts;
  auth.ensureModuleAccount(ctx, pool);
  const balances = bank.getAllBalances(ctx, auth.getModuleAddress(pool));
  const held = amountOf(balances, keeper.bondDenom(ctx));
  assert(
    held === expected && balances.length === (expected === 0n ? 0 : 1),
    `${pool} balance is different from what validators and unbondings say: ${held} <-> ${expected}`,
  );
}

function assertGenesisValidators(genesis: GenesisState, { parts: { addresses } }: StakingParty): void {
  const keys = new Set<string>();
  for (const message of genesis.validators) {
    const validator = validatorFromProto(message, addresses);
    const key = validator.consAddress.join();
    if (keys.has(key)) {
      throw plainError(`duplicate validator in genesis state: moniker ${validator.description.moniker}`);
    }
    keys.add(key);
    if (validator.jailed && isBonded(validator)) {
      throw plainError(
        `validator is bonded and jailed in genesis state: moniker ${validator.description.moniker}`,
      );
    }
    if (validator.shares.isZero() && !isUnbonding(validator)) {
      throw plainError(
        `bonded/unbonded genesis validator cannot have zero delegator shares, validator: ${message.operatorAddress}`,
      );
    }
  }
}
