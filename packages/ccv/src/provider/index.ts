/** The provider module of ICS-28: consumers, their validator sets, slashing and rewards. */
import { compareBytes, EMPTY } from "@tandem-ics/crypto";
import type { IbcApp } from "@tandem-ics/ibc";
import type { AppModule, Context, GenesisValidatorEntry } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { PROVIDER_MODULE } from "../types/constants.ts";
import { createAuthorityMessages } from "./authority-messages.ts";
import { createConsumerClients } from "./consumer-client.ts";
import { createConsumerMessages } from "./consumer-messages.ts";
import { createDoubleVoting } from "./double-voting.ts";
import { createEvidenceMessages } from "./evidence-messages.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { createProviderExtra } from "./extra-genesis.ts";
import {
  defaultProviderGenesis,
  exportProviderGenesis,
  initProviderGenesis,
  validateProviderGenesis,
} from "./genesis.ts";
import { createHandshake } from "./handshake.ts";
import { createProviderApp } from "./ibc-app.ts";
import { applyDueInfractionParams, createInfractionParams } from "./infraction-params.ts";
import { providerInvariants } from "./invariants.ts";
import { afterValidatorRemoved, createKeyAssignment } from "./key-assignment.ts";
import { createLaunch } from "./launch.ts";
import { createLifecycle } from "./lifecycle.ts";
import { providerMessages } from "./messages.ts";
import { createMisbehaviour } from "./misbehaviour.ts";
import { createOptIn } from "./opt-in.ts";
import { createPunish } from "./punish.ts";
import { providerQueries } from "./queries.ts";
import { createRelay } from "./relay.ts";
import { createRewards } from "./rewards.ts";
import { createRewardsMiddleware } from "./rewards-middleware.ts";
import { type ConsensusStakingView, createConsensusStakingView } from "./staking-view.ts";
import * as state from "./state.ts";
import { createThrottle } from "./throttle.ts";
import { createValidatorMessages } from "./validator-messages.ts";
import { createValidatorSets, storedProviderSet } from "./validator-sets.ts";

export type { ProviderDeps } from "./expected-keepers.ts";
export { createConsensusStakingView } from "./staking-view.ts";

/** What staking calls back. */
export interface ProviderStakingHooks {
  afterValidatorCreated(ctx: Context, operator: Uint8Array): void;
  afterValidatorRemoved(ctx: Context, consAddress: Uint8Array, operator: Uint8Array): void;
}

/** The module with everything that an application wires. */
export interface ProviderModule {
  readonly module: AppModule;
  /** Section of the genesis file for what interchain-security's form omits; comes after {@link module}. */
  readonly extraGenesis: AppModule;
  /** Port `provider`. */
  readonly ibcApp: IbcApp;
  readonly stakingHooks: ProviderStakingHooks;
  /** For governance and minting, in place of staking. */
  readonly stakingView: ConsensusStakingView;
  /** The transfer application with the notice of rewards around it. */
  withRewards(transfer: IbcApp): IbcApp;
}

/** Makes the module. */
export function createProviderModule(deps: ProviderDeps): ProviderModule {
  const { addresses, authority } = deps;
  const sets = createValidatorSets(deps);
  const throttle = createThrottle(deps);
  const launch = createLaunch(sets, createConsumerClients(deps));
  const lifecycle = createLifecycle(deps, sets, launch);
  const infractions = createInfractionParams(deps);
  const keys = createKeyAssignment(deps);
  const relay = createRelay(deps, { sets, lifecycle, throttle });
  const handshake = createHandshake(deps);
  const rewards = createRewards(deps);
  const punish = createPunish(deps);

  function beginBlock(ctx: Context): void {
    lifecycle.launchDue(ctx);
    lifecycle.removeDue(ctx);
    applyDueInfractionParams(ctx);
    throttle.replenish(ctx);
    rewards.distribute(ctx);
  }

  const module: AppModule = {
    name: PROVIDER_MODULE,
    stores: { [state.STORE]: "iavl" },
    messages: providerMessages(addresses, {
      consumers: createConsumerMessages(deps, { sets, lifecycle, infractions }),
      validators: createValidatorMessages(deps, keys, createOptIn(deps, keys)),
      evidence: createEvidenceMessages(createDoubleVoting(punish), createMisbehaviour(deps, punish)),
      authority: createAuthorityMessages(authority),
    }),
    queries: providerQueries(deps, sets, throttle),
    beginBlock,
    endBlock: (ctx): ValidatorUpdate[] => relay.endBlock(ctx),
    defaultGenesis: defaultProviderGenesis,
    validateGenesis: (json) => validateProviderGenesis(addresses, json),
    initGenesis: (ctx, json) => initProviderGenesis(ctx, json, sets, throttle),
    exportGenesis: exportProviderGenesis,
    genesisValidators: (ctx) => listedValidators(ctx, deps),
    invariants: providerInvariants(deps, throttle),
  };

  return {
    module,
    extraGenesis: createProviderExtra(),
    ibcApp: createProviderApp(deps, handshake, relay),
    stakingHooks: {
      afterValidatorCreated: keys.afterValidatorCreated,
      afterValidatorRemoved: (ctx, consAddress) => afterValidatorRemoved(ctx, consAddress),
    },
    stakingView: createConsensusStakingView(deps),
    withRewards: (transfer) => createRewardsMiddleware(transfer, deps, handshake),
  };
}

/** The engine's validators, by operator, as `interchain-security-pd export` lists them. */
function listedValidators(ctx: Context, { staking }: ProviderDeps): GenesisValidatorEntry[] {
  return storedProviderSet(ctx)
    .map(({ publicKey, power, providerConsAddr }) => {
      const { operator = EMPTY, description } = staking.validatorByConsAddr(ctx, providerConsAddr) ?? {};
      return { operator, entry: { pubKey: publicKey!, power, name: description?.moniker ?? "" } };
    })
    .sort((a, b) => compareBytes(a.operator, b.operator))
    .map(({ entry }) => entry);
}
