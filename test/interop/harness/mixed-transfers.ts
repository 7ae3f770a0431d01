/** ICS-20 over the transfer channel that the consumer opened. */
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { eventually } from "./connect.ts";
import { transfer } from "./mixed-messages.ts";
import { attribute, eventsFrom, STAKE, type Step, send, type World } from "./mixed-world.ts";
import type { Subject } from "./subjects.ts";

const LATER_NS = 3_600_000_000_000n;
/** Short, yet longer than it takes until the packet is sent. */
const SOON_NS = 2_000_000_000n;

const timeNs = async (subject: Subject): Promise<bigint> => (await (await subject.client()).status()).timeNs;

async function balance(subject: Subject, denom: string): Promise<bigint> {
  const client = await subject.client();
  const { address } = await subject.sender("user");
  return BigInt((await client.query.bank.Balance({ address, denom })).balance?.amount ?? "0");
}

const untilBalance = async (subject: Subject, denom: string, wanted: bigint): Promise<void> => {
  await eventually(
    await subject.client(),
    `${wanted} ${denom}`,
    async () => (await balance(subject, denom)) === wanted,
  );
};

/** What coins of the other chain are called behind `channel`. */
const voucher = (channel: string): string =>
  `ibc/${toHexUpper(sha256(utf8(`transfer/${channel}/${STAKE}`)))}`;

/** Declares the steps. */
export function transferSteps(step: Step, worldOf: () => World): void {
  const subjects = () => {
    const { provider: p, consumer: c, transfer: channel } = worldOf();
    const [onProvider, onConsumer] = [voucher(channel.provider), voucher(channel.consumer)];
    /** By `user` on one chain to `user` on the other. */
    const give = async (from: Subject, denom: string, amount: bigint, timeoutNs?: bigint): Promise<void> => {
      const [to, end] = from === p ? [c, channel.provider] : [p, channel.consumer];
      const until = timeoutNs ?? (await timeNs(to)) + LATER_NS;
      await send(from, "user", await transfer(from, "user", to, "user", end, { denom, amount }, until));
    };
    return { p, c, onProvider, onConsumer, give };
  };

  step("carries coins both ways, and home again", async () => {
    const { p, c, onProvider, onConsumer, give } = subjects();
    await Promise.all([give(p, STAKE, 1000n), give(c, STAKE, 700n)]);
    await Promise.all([untilBalance(c, onConsumer, 1000n), untilBalance(p, onProvider, 700n)]);
    const before = await balance(p, STAKE);
    await Promise.all([give(c, onConsumer, 400n), give(p, onProvider, 300n)]);
    await untilBalance(p, STAKE, before + 400n);
    expect(await balance(c, onConsumer)).toBe(600n);
    expect(await balance(p, onProvider)).toBe(400n);
  });

  step("gives back coins that nobody takes", async () => {
    const { p, c } = subjects();
    const { relay, transfer: channel } = worldOf();
    for (const [from, to, end] of [
      [p, c, channel.provider],
      [c, p, channel.consumer],
    ] as const) {
      const before = await balance(from, STAKE);
      const { height } = await (await to.client()).status();
      const until = (await timeNs(to)) + LATER_NS;
      const coin = { denom: STAKE, amount: 30n };
      const { typeUrl, value } = await transfer(from, "user", to, "user", end, coin, until);
      const message = { typeUrl, value: { ...value, receiver: "nobody", memo: "for nobody" } };
      const sent = (await send(from, "user", message)).events;
      const sequence = attribute(sent, "send_packet", "packet_sequence");
      expect(await balance(from, STAKE)).toBe(before - 30n);
      await eventually(await from.client(), "the coins", async () => {
        relay.check();
        return (await balance(from, STAKE)) === before;
      });
      const answers = (await eventsFrom(await to.client(), height + 1n))
        .filter(({ type }) => type === "write_acknowledgement")
        .filter((event) => {
          const of = (key: string): string => attribute([event], "write_acknowledgement", key);
          return of("packet_dst_port") === "transfer" && of("packet_sequence") === sequence;
        })
        .map((event) =>
          Buffer.from(attribute([event], "write_acknowledgement", "packet_ack_hex"), "hex").toString(),
        );
      expect(answers).toEqual(['{"error":"ABCI code: 5: error handling packet: see events for details"}']);
    }
  });

  step("gives back coins that could not arrive in time", async () => {
    const { p, c, onConsumer, give } = subjects();
    const { relay } = worldOf();
    const [before, arrived] = [await balance(p, STAKE), await balance(c, onConsumer)];
    await relay.stop();
    const timeout = (await timeNs(c)) + SOON_NS;
    await give(p, STAKE, 50n, timeout);
    expect(await balance(p, STAKE)).toBe(before - 50n);
    await eventually(await c.client(), "timeout", async () => (await timeNs(c)) > timeout);
    // Started anew, it knows nothing, and finds what is to be done on the chains.
    await relay.start();
    await untilBalance(p, STAKE, before);
    expect(await balance(c, onConsumer)).toBe(arrived);
  });
}
