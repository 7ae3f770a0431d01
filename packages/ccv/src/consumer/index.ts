/** The consumer module of ICS-28: a validator set from elsewhere, reports of infractions, rewards for the provider. */

import type { IbcApp } from "@tandem-ics/ibc";
import { assertAuthority } from "@tandem-ics/modules";
import { ConsumerMsgUpdateParams, ConsumerMsgUpdateParamsResponse } from "@tandem-ics/proto";
import { type AnteDecorator, type AppModule, type Context, message } from "@tandem-ics/runtime";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { CONSUMER_MODULE } from "../types/constants.ts";
import { assertConsumerParams } from "../types/consumer-params.ts";
import { createExtraGenesis } from "../types/extra-genesis.ts";
import { publicKeyFromAny } from "../types/public-keys.ts";
import { createDisabledModules, createMessageFilter } from "./ante.ts";
import { changeOver } from "./changeover.ts";
import type { ConsumerDeps } from "./expected-keepers.ts";
import { createConsumerGenesis, defaultConsumerGenesis, validateConsumerGenesis } from "./genesis.ts";
import { createConsumerApp } from "./ibc-app.ts";
import { consumerInvariants } from "./invariants.ts";
import { consumerQueries } from "./queries.ts";
import { createAnswers } from "./relay.ts";
import { createRewards } from "./rewards.ts";
import { sendPackets } from "./slash-requests.ts";
import * as state from "./state.ts";
import { applyUpdates, createHistory } from "./validators.ts";

export type { ConsumerDeps, StandaloneStaking } from "./expected-keepers.ts";
export { type ConsumerStakingView, createConsumerStakingView } from "./staking-view.ts";

/** Key of the genesis section for what interchain-security's form loses. */
export const CONSUMER_EXTRA = "ccvconsumer_extra";

/**
 * Rows that it loses: last transmission before there was any, pending changes, changeover flags and set, downtime that its
 * import forgets, places of waiting packets and of the next one, genesis height, slash record.
 */
const EXTRA_PREFIXES: readonly number[] = [1, 5, 7, 8, 14, 15, 17, 19, 20, 21];

/** The module with everything that an application wires. */
export interface ConsumerModule {
  readonly module: AppModule;
  /** Comes after {@link module}. */
  readonly extraGenesis: AppModule;
  /** Port `consumer`. */
  readonly ibcApp: IbcApp;
  /** For the ante chain, right after the extension options. */
  readonly ante: readonly AnteDecorator[];
}

/** Makes the module. */
export function createConsumerModule(deps: ConsumerDeps): ConsumerModule {
  const { addresses, authority, channel, slashing, standalone } = deps;
  const rewards = createRewards(deps);
  const history = createHistory(addresses);
  const genesis = createConsumerGenesis(deps);

  function beginBlock(ctx: Context): void {
    state.vscIdOfHeight.set(ctx, ctx.height + 1n, state.vscIdOfHeight.get(ctx, ctx.height) ?? 0n);
    history.track(ctx);
  }

  function endBlock(ctx: Context): ValidatorUpdate[] {
    if (state.preCcv.has(ctx)) return changeOver(ctx, slashing, standalone);
    rewards.endBlock(ctx);
    sendPackets(ctx, channel);
    const pending = state.pendingChanges.get(ctx);
    if (pending === undefined) return [];
    const updates = applyUpdates(ctx, slashing, pending.validatorUpdates);
    state.pendingChanges.remove(ctx);
    return updates;
  }

  const module: AppModule = {
    name: CONSUMER_MODULE,
    stores: { [state.STORE]: "iavl" },
    messages: [
      message({
        typeUrl: ConsumerMsgUpdateParams.typeUrl,
        request: ConsumerMsgUpdateParams,
        response: ConsumerMsgUpdateParamsResponse,
        handle(ctx, msg) {
          assertAuthority(authority, msg.authority);
          assertConsumerParams(msg.params);
          state.params.set(ctx, msg.params);
          return {};
        },
      }),
    ],
    queries: consumerQueries(deps, rewards),
    beginBlock,
    endBlock,
    defaultGenesis: defaultConsumerGenesis,
    validateGenesis: (json) => validateConsumerGenesis(addresses, json),
    initGenesis: (ctx, json) => genesis.init(ctx, json),
    exportGenesis: (ctx) => genesis.export(ctx),
    genesisValidators: (ctx) =>
      state.validators
        .values(ctx)
        .map(({ pubkey, power }) => ({ pubKey: publicKeyFromAny(pubkey!), power, name: "" })),
    invariants: consumerInvariants(),
  };

  return {
    module,
    extraGenesis: createExtraGenesis(CONSUMER_EXTRA, { [state.STORE]: EXTRA_PREFIXES }),
    ibcApp: createConsumerApp(deps, createAnswers(deps)),
    ante: [createMessageFilter(), createDisabledModules()],
  };
}
