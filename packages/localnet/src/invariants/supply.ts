/** Coins: their supply changes only as events tell, and what is elsewhere is locked where it comes from. */

import { decodeClientState, ibcDenom } from "@tandem-ics/ibc";
import { type Coin, parseCoins } from "@tandem-ics/runtime";
import { State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { attributeOf, eventsOf, type ObservedChain, type ObservedNetwork, type Watcher } from "./observed.ts";
import {
  BALANCE,
  CHANNEL_CLIENT,
  CHANNELS,
  DENOMS,
  ESCROW_ADDRESS,
  EVERYTHING,
  TOTAL_SUPPLY,
} from "./questions.ts";

type Amounts = Map<string, bigint>;

const amountsOf = (coins: readonly { readonly denom: string; readonly amount: string }[]): Amounts =>
  new Map(coins.map(({ denom, amount }) => [denom, BigInt(amount)]));

const supplyOf = (chain: ObservedChain): Amounts => amountsOf(chain.ask(TOTAL_SUPPLY, EVERYTHING).supply);

/** Makes the watcher of each chain's supply. */
export function createSupplyWatcher(): Watcher {
  const before = new Map<string, Amounts>();
  return (block, report) => {
    const { chain } = block;
    const expected = before.get(chain.name);
    const found = supplyOf(chain);
    before.set(chain.name, found);
    if (expected === undefined) return;
    const moved = new Map(expected);
    const add = ({ denom, amount }: Coin, sign: bigint): void =>
      void moved.set(denom, (moved.get(denom) ?? 0n) + sign * amount);
    for (const event of eventsOf(block)) {
      const sign = event.type === "coinbase" ? 1n : event.type === "burn" ? -1n : 0n;
      if (sign !== 0n) for (const coin of parseCoins(attributeOf(event, "amount"))) add(coin, sign);
    }
    for (const denom of new Set([...moved.keys(), ...found.keys()])) {
      const [want, have] = [moved.get(denom) ?? 0n, found.get(denom) ?? 0n];
      if (want !== have)
        report(
          "SupplyConservation",
          `a supply of ${want}${denom} by what was minted and burned`,
          `${have}${denom}`,
        );
    }
  };
}

/** One end of a transfer channel between two watched chains. */
interface Lane {
  readonly from: ObservedChain;
  readonly escrow: string;
  readonly to: ObservedChain;
  /** Channel on {@link to}. */
  readonly channelId: string;
}

/** Packets of ICS-20, on their way in any direction. */
const isTransfer = (type: string): boolean =>
  type === "ibc_transfer" || type === "fungible_token_packet" || type === "timeout" || type === "send_packet";

/** Makes the watcher of what is locked on one chain for vouchers on another. */
export function createEscrowWatcher(network: ObservedNetwork): Watcher {
  const lanes = new Map<string, readonly Lane[]>();

  /** Lanes that begin on `chain`, as its open transfer channels show them. */
  function lanesOf(chain: ObservedChain): Lane[] {
    const open = chain
      .ask(CHANNELS, EVERYTHING)
      .channels.filter(({ portId, state }) => portId === "transfer" && state === State.STATE_OPEN);
    return open.flatMap(({ portId, channelId, counterparty }) => {
      const { identifiedClientState } = chain.ask(CHANNEL_CLIENT, { portId, channelId });
      const client = identifiedClientState?.clientState;
      if (client?.typeUrl !== "/ibc.lightclients.tendermint.v1.ClientState") return [];
      const { chainId } = decodeClientState(client.value);
      // Instances of one genesis share their chain id: which of them is meant cannot be told.
      const [to, ...others] = network.chains.filter((c) => c.chainId === chainId && c !== chain);
      if (to === undefined || others.length > 0) return [];
      const escrow = chain.ask(ESCROW_ADDRESS, { portId, channelId }).escrowAddress;
      return [{ from: chain, escrow, to, channelId: counterparty.channelId }];
    });
  }

  return (block, report) => {
    const { chain } = block;
    let moved = false;
    let opened = !lanes.has(chain.name);
    for (const { type } of eventsOf(block)) {
      moved ||= isTransfer(type);
      opened ||= type === "channel_open_ack" || type === "channel_open_confirm";
    }
    if (opened) lanes.set(chain.name, lanesOf(chain));
    if (!moved) return;
    for (const { from, escrow, to, channelId } of [...lanes.values()].flat()) {
      if (from !== chain && to !== chain) continue;
      const supply = supplyOf(to);
      for (const denom of to.ask(DENOMS, EVERYTHING).denoms) {
        const [hop, ...rest] = denom.trace;
        if (hop?.portId !== "transfer" || hop.channelId !== channelId) continue;
        const vouchers = supply.get(ibcDenom(denom)) ?? 0n;
        const locked = ibcDenom({ base: denom.base, trace: rest });
        const { balance } = from.ask(BALANCE, { address: escrow, denom: locked });
        const held = BigInt(balance?.amount ?? "0");
        if (vouchers > held)
          report(
            "RewardsAndTransfersAreEscrowed",
            `at least ${vouchers}${locked} locked on ${from.name} for ${ibcDenom(denom)} on ${to.name}`,
            `${held}${locked}`,
          );
      }
    }
  };
}
