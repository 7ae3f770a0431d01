/** Two validators down at once, more power than the provider jails at a time: one of them is bounced, and reported again. */
import { utf8 } from "@tandem-ics/crypto";
import { eventually } from "./connect.ts";
import { unjail } from "./mixed-messages.ts";
import {
  attribute,
  eventsFrom,
  operatorOf,
  type Step,
  send,
  untilPowers,
  type World,
} from "./mixed-world.ts";

/** What a provider answers to slash packets, as the hex text of the acknowledgement. */
const HANDLED = ackOf("Ag==");
const BOUNCED = ackOf("Aw==");

function ackOf(result: string): string {
  return Buffer.from(utf8(`{"result":"${result}"}`)).toString("hex");
}

/** Declares the steps. */
export function throttleSteps(step: Step, worldOf: () => World): void {
  step("bounces a slash packet, and takes it after a while", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, relay } = world;
    const [provider, consumer] = [await p.client(), await c.client()];
    const { height: fromProvider } = await provider.status();
    const { height: fromConsumer } = await consumer.status();
    const validators = [
      ["bob", "bob-later"],
      ["carol", "carol"],
    ] as const;
    const isJailed = async (name: string): Promise<boolean> => {
      const validatorAddr = await operatorOf(p, name);
      return (await provider.query.staking.Validator({ validatorAddr })).validator!.jailed;
    };
    // One after the other: a chain of ours is one process, which starts anew without the key.
    for (const [, key] of validators) await c.takeAway(key);
    await eventually(
      provider,
      "both in jail",
      async () => {
        relay.check();
        return (await isJailed("bob")) && (await isJailed("carol"));
      },
      600n,
    );
    await untilPowers(world, [c.keyOf("alice"), 100n]);
    const told = await eventsFrom(provider, fromProvider);
    const answers = told
      .filter((event) => event.type === "write_acknowledgement")
      .map((event) => attribute([event], "write_acknowledgement", "packet_ack_hex"))
      .filter((ack) => ack === HANDLED || ack === BOUNCED);
    expect(answers.filter((ack) => ack === HANDLED)).toHaveLength(2);
    expect(answers.filter((ack) => ack === BOUNCED).length).toBeGreaterThan(0);
    expect(told.filter(({ type }) => type === "execute_consumer_chain_slash")).toHaveLength(2);
    // Each was asked for once: what is sent again is the same packet at the head of the queue.
    const asked = await eventsFrom(consumer, fromConsumer);
    expect(asked.filter(({ type }) => type === "consumer_slash_request")).toHaveLength(2);
    await eventually(consumer, "nothing left to report", async () => {
      const { slashRecord, packetDataQueue } = await consumer.query.ccvconsumer.QueryThrottleState({});
      return slashRecord === undefined && packetDataQueue.length === 0;
    });

    for (const [, key] of validators) await c.giveBack(key);
    for (const [name] of validators) await unjailed(world, name);
    await untilPowers(world, [c.keyOf("alice"), 100n], [c.keyOf("bob-later"), 12n], [c.keyOf("carol"), 7n]);
  });
}

/** Takes a validator out of jail once its time is over. */
export async function unjailed({ provider: p, consumer: c }: World, name: "bob" | "carol"): Promise<void> {
  const provider = await p.client();
  const validatorAddr = await operatorOf(p, name);
  const { validator } = await provider.query.staking.Validator({ validatorAddr });
  const { timeNs } = await provider.status();
  // Jailed for two seconds, some blocks ago at the latest now.
  await eventually(
    provider,
    "end of the jail",
    async () => (await provider.status()).timeNs > timeNs + JAIL_NS,
  );
  expect([name, validator?.jailed, c.chainId]).toEqual([name, true, c.chainId]);
  await send(p, name, await unjail(p, name));
}

const JAIL_NS = 2_000_000_000n;
