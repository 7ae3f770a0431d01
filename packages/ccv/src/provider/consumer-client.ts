/** The two light clients of a launch: the provider's of the consumer, and the one that the consumer starts with. */

import { clientErrors, connectionErrors, SENTINEL_ROOT } from "@tandem-ics/ibc";
import { formatHeight } from "@tandem-ics/ibc/24-host";
import { durationToNs, nsToDuration, nsToTimestamp } from "@tandem-ics/proto";

import { assert, type Context } from "@tandem-ics/runtime";
import type { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { PROVIDER_MODULE } from "../types/constants.ts";
import { goDurationText } from "../types/time-text.ts";
import { trustingPeriodNs } from "../types/validation.ts";
import { requireChainId, requireInitialization, setClient } from "./consumers.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { providerParams } from "./params.ts";
import * as state from "./state.ts";

type Deps = Pick<ProviderDeps, "staking" | "client" | "connection">;

/** The template with what is particular to one client. */
function fillTemplate(
  ctx: Context,
  chainId: string,
  latestHeight: ClientState["latestHeight"],
  unbondingPeriodNs: bigint,
): ClientState {
  const { templateClient, trustingPeriodFraction } = providerParams(ctx);
  assert(templateClient !== undefined, "the provider has no template client");
  return {
    ...templateClient,
    chainId,
    latestHeight,
    trustingPeriod: nsToDuration(trustingPeriodNs(unbondingPeriodNs, trustingPeriodFraction)),
    unbondingPeriod: nsToDuration(unbondingPeriodNs),
  };
}

/** Making and adopting clients at launch. */
export function createConsumerClients({ staking, client, connection }: Deps) {
  return {
    /**
     * Client and consensus state of the provider as of this block, for the consumer's genesis. Throws `client/26` or
     * `client/7` when the provider keeps no header of this block.
     */
    ofProvider(ctx: Context): { clientState: ClientState; consensusState: ConsensusState } {
      const height = client.selfHeight(ctx);
      const info = staking.historicalInfo(ctx, ctx.height);
      if (info === undefined)
        throw clientErrors.consensusStateNotFound(
          `getting self consensus state for: ${formatHeight(height)}`,
        );
      const { time, appHash, nextValidatorsHash } = info.header;
      return {
        clientState: fillTemplate(ctx, ctx.chainId, height, staking.unbondingTimeNs(ctx)),
        consensusState: { timestamp: time, root: { hash: appHash }, nextValidatorsHash },
      };
    },

    /**
     * Makes the client of a consumer that starts at its initial height with the set of this hash; nothing for a consumer
     * over an existing connection.
     */
    create(ctx: Context, consumerId: string, valsetHash: Uint8Array): void {
      const init = requireInitialization(ctx, consumerId);
      if (init.connectionId !== "") return;
      const chainId = requireChainId(ctx, consumerId);
      state.evidenceMinHeight.set(ctx, consumerId, init.initialHeight.revisionHeight);
      const clientState = fillTemplate(ctx, chainId, init.initialHeight, durationToNs(init.unbondingPeriod));
      const clientId = client.createTendermintClient(ctx, clientState, {
        timestamp: nsToTimestamp(ctx.timeNs),
        root: { hash: SENTINEL_ROOT },
        nextValidatorsHash: valsetHash,
      });
      setClient(ctx, consumerId, clientId);
      ctx.emit("consumer_client_created", {
        module: PROVIDER_MODULE,
        consumer_id: consumerId,
        consumer_chain_id: chainId,
        client_id: clientId,
        initial_height: formatHeight(init.initialHeight),
        trusting_period: goDurationText(durationToNs(clientState.trustingPeriod)),
        unbonding_period: goDurationText(durationToNs(clientState.unbondingPeriod)),
        valset_hash: lossyUtf8(valsetHash),
      });
    },

    /**
     * Takes the client under an existing connection as the consumer's; returns the connection's id on the consumer.
     * Throws unless the connection leads to a Tendermint client of the consumer's chain id.
     */
    adopt(ctx: Context, consumerId: string, connectionId: string): string {
      const end = connection.connection(ctx, connectionId);
      if (end === undefined)
        throw connectionErrors.connectionNotFound(`could not find connection(${connectionId})`);
      if (client.clientState(ctx, end.clientId) === undefined)
        throw clientErrors.clientNotFound(`could not find client(${end.clientId})`);
      const clientState = client.tendermintClientState(ctx, end.clientId);
      if (clientState === undefined)
        throw clientErrors.invalidClientType(`client(${end.clientId}) is no Tendermint client`);
      const chainId = requireChainId(ctx, consumerId);
      if (clientState.chainId !== chainId)
        throw connectionErrors.invalidConnectionIdentifier(
          `invalid connection(${connectionId}): expected chain ID ${chainId}, got ${clientState.chainId}`,
        );
      setClient(ctx, consumerId, end.clientId);
      state.evidenceMinHeight.set(ctx, consumerId, clientState.latestHeight.revisionHeight);
      return end.counterparty.connectionId;
    },
  };
}

/** See {@link createConsumerClients}. */
export type ConsumerClients = ReturnType<typeof createConsumerClients>;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text of the character that begins at `at`; undefined where none does. */
function characterAt(bytes: Uint8Array, at: number): string | undefined {
  const lead = bytes[at]!;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  try {
    return strict.decode(bytes.subarray(at, at + length));
  } catch {
    return undefined; // the decoder only throws for what is no UTF-8
  }
}

/** Raw bytes as event text: every byte that belongs to no character is replaced, as JSON encoders of Go chains do. */
function lossyUtf8(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const character = characterAt(bytes, at);
    text += character ?? "\ufffd";
    at += character === undefined ? 1 : new TextEncoder().encode(character).length;
  }
  return text;
}
