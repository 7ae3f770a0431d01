/** A network that lives: acts drawn from a seed, refused ones among them, as users, validators and their faults do. */
import { ClientError } from "@tandem-ics/client";
import { type Localnet, LocalnetError } from "@tandem-ics/localnet";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";

/** Numbers below `n`, the same for the same seed (xorshift 32). */
export function createDice(seed: number): (n: number) => number {
  let state = seed * 2 + 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

/** What is told of a life. */
export interface LifeReport {
  /** Act → how often it went well. */
  readonly done: Map<string, number>;
  /** Act → how often a chain or the localnet refused it. */
  readonly refused: Map<string, number>;
}

const HOUR_NS = 3_600_000_000_000n;
const EVERYTHING = { key: new Uint8Array(), offset: 0n, limit: 1000n, countTotal: false, reverse: false };

/** What a network lives through; `steady` validators are never hurt, so that two thirds of the power stay up. */
export function createLife(net: Localnet, dice: (n: number) => number, steady: readonly string[]) {
  const report: LifeReport = { done: new Map(), refused: new Map() };
  const all = net.topology.validators.map(({ name }) => name);
  const fragile = all.filter((name) => !steady.includes(name));
  const pick = <T>(from: readonly T[]): T => from[dice(from.length)]!;
  const consumer = (): string => pick(net.consumers).name;
  const amount = (most: number): string => `${1 + dice(most)}${net.provider.denom}`;
  const evidence: { chain: string; file: string }[] = [];

  async function transfer(): Promise<void> {
    const other = net.chain(consumer());
    const [from, to] = dice(2) === 0 ? [net.provider, other] : [other, net.provider];
    const sender = net.sender(from.name, "owner");
    const { channels } = await from.client.query.ibcChannel.Channels({ pagination: EVERYTHING });
    const open = channels.filter((c) => c.portId === "transfer" && c.state === 3);
    const channel = open[from === net.provider ? net.consumers.indexOf(other) : 0];
    if (channel === undefined) return;
    const { balances } = await from.client.query.bank.AllBalances({
      address: sender.address,
      resolveDenom: false,
    });
    const { timeNs } = await from.client.status();
    await sender.send([
      {
        typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
        value: MsgTransfer.fromPartial({
          sourcePort: "transfer",
          sourceChannel: channel.channelId,
          token: { denom: pick(balances).denom, amount: String(1 + dice(500)) },
          sender: sender.address,
          receiver: net.sender(to.name, "owner").address,
          // Some are too late before anybody carries them.
          timeoutTimestamp: timeNs + (dice(4) === 0 ? 5_000_000_000n : HOUR_NS),
        }),
      },
    ]);
  }

  const acts: readonly (readonly [weight: number, name: string, act: () => Promise<unknown>])[] = [
    [5, "delegate", () => net.stake.delegate(pick(all), amount(30_000_000))],
    [4, "undelegate", () => net.stake.undelegate(pick(all), amount(20_000_000))],
    [3, "redelegate", () => net.stake.redelegate(pick(all), pick(all), amount(20_000_000))],
    [3, "assignKey", () => net.validator.assignKey(pick(all), consumer())],
    [2, "optOut", () => net.validator.optOut(pick(fragile), consumer())],
    [2, "optIn", () => net.validator.optIn(pick(all), consumer(), dice(2) === 0 ? {} : { key: "new" })],
    [4, "transfer", transfer],
    [2, "down", () => net.fault.down(pick(fragile), { chain: pick(net.chains).name, forBlocks: 15n })],
    [2, "heal", () => net.fault.heal()],
    [2, "unjail", () => net.validator.unjail(pick(fragile))],
    [
      2,
      "doubleSign",
      async () => {
        const chain = dice(3) === 0 ? "provider" : consumer();
        const { evidence: file } = await net.fault.doubleSign(pick(fragile), chain);
        if (chain !== "provider") evidence.push({ chain, file });
      },
    ],
    [
      2,
      "evidence",
      async () => {
        if (evidence.length === 0) return;
        const { chain, file } = pick(evidence);
        // A second time, and on the wrong chain, as well.
        await net.evidence.submitDoubleSign(dice(4) === 0 ? consumer() : chain, file, { unchecked: true });
      },
    ],
    [7, "relay", () => net.relay.once(dice(3) === 0 ? undefined : consumer())],
    [3, "epoch", () => net.epochEnd()],
    [6, "blocks", () => net.blocks(1 + dice(6))],
    [1, "hours", () => net.clock.advance(BigInt(1 + dice(30)) * HOUR_NS)],
  ];
  const wheel = acts.flatMap(([weight, name, act]) => Array.from({ length: weight }, () => ({ name, act })));

  return {
    report,
    /** One act. What the network refuses is part of life; a broken invariant and anything unforeseen is thrown. */
    async act(): Promise<string> {
      const { name, act } = pick(wheel);
      const note = (map: Map<string, number>): void => void map.set(name, (map.get(name) ?? 0) + 1);
      try {
        await act();
        note(report.done);
      } catch (error) {
        const foreseen =
          error instanceof ClientError ||
          (error instanceof LocalnetError && error.code !== "invariant-broken");
        if (!foreseen) throw error;
        note(report.refused);
      }
      return name;
    },
  };
}
