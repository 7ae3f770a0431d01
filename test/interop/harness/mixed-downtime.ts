/** A validator that is down on the consumer is jailed on the provider, serves his time, and comes back. */
import { ed25519Address, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { eventually } from "./connect.ts";
import { unjail } from "./mixed-messages.ts";
import {
  attribute,
  attributeKeys,
  consAddressOf,
  eventsFrom,
  operatorOf,
  powersAt,
  type Step,
  send,
  untilPowers,
  untilSigned,
  type World,
} from "./mixed-world.ts";

/** Attributes of events, in order. */
const SLASH_KEYS = [
  ...["module", "validator_address", "infraction_type", "infraction_height", "valset_update_id", "msg_index"],
];
const REQUEST_KEYS = ["module", "validator_address", "valset_update_id", "infraction_type", "mode"];

/** Declares the steps; `bob` is down under the key that he was assigned later. */
export function downtimeSteps(step: Step, worldOf: () => World): void {
  step("jails for downtime on the consumer", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, relay } = world;
    const [provider, consumer] = [await p.client(), await c.client()];
    const [fromProvider, fromConsumer] = [(await provider.status()).height, (await consumer.status()).height];
    const bob = await operatorOf(p, "bob");
    const [known, assigned] = [consAddressOf(p, c.keyOf("bob")), consAddressOf(p, c.keyOf("bob-later"))];
    const validator = async () => (await provider.query.staking.Validator({ validatorAddr: bob })).validator!;

    await c.takeAway("bob-later");
    await eventually(provider, "bob in jail", async () => {
      relay.check();
      return (await validator()).jailed;
    });
    await untilPowers(world, [c.keyOf("alice"), 100n], [c.keyOf("carol"), 8n]);
    const active = await powersAt(provider, (await provider.status()).height);
    expect(active[toHexUpper(ed25519Address(c.keyOf("bob").publicKey))]).toBeUndefined();
    // 0.01 % of 13,000,000, as the consumer's parameters say.
    expect((await validator()).tokens).toBe("12998700");

    const asked = await eventsFrom(consumer, fromConsumer);
    expect(attributeKeys(asked, "consumer_slash_request")).toEqual([REQUEST_KEYS]);
    const told = await eventsFrom(provider, fromProvider);
    expect(attributeKeys(told, "execute_consumer_chain_slash")).toEqual([SLASH_KEYS]);
    const slash = (key: string): string => attribute(told, "execute_consumer_chain_slash", key);
    expect([slash("validator_address"), slash("infraction_type")]).toEqual([known, "INFRACTION_DOWNTIME"]);
    expect(slash("valset_update_id")).toBe(attribute(asked, "consumer_slash_request", "valset_update_id"));
    // With the packet that removes him comes the answer to the consumer, which knows him by the assigned key.
    const acks = Buffer.from(utf8(`"slash_acks":["${assigned}"]`)).toString("hex");
    const packets = told.filter((event) => event.type === "send_packet");
    expect(packets.map((event) => attribute([event], "send_packet", "packet_data_hex"))).toContainEqual(
      expect.stringContaining(acks),
    );
  });

  step("takes an unjailed validator back", async () => {
    const world = worldOf();
    const { provider: p, consumer: c } = world;
    const provider = await p.client();
    await c.giveBack("bob-later");
    const { valSigningInfo } = await provider.query.slashing.SigningInfo({
      consAddress: consAddressOf(p, c.keyOf("bob")),
    });
    const { seconds, nanos } = valSigningInfo!.jailedUntil;
    const until = seconds * 1_000_000_000n + BigInt(nanos);
    await eventually(provider, "end of the jail", async () => (await provider.status()).timeNs > until);
    await send(p, "bob", await unjail(p, "bob"));
    await untilPowers(world, [c.keyOf("alice"), 100n], [c.keyOf("bob-later"), 12n], [c.keyOf("carol"), 8n]);
    await untilSigned(await c.client(), ed25519Address(c.keyOf("bob-later").publicKey));
  });
}
