/** The strongest validator signs a second block of the consumer; the provider is shown both. */
import { readFileSync } from "node:fs";
import { findTx, freezeMessage, parseAttackFile } from "@tandem-ics/client";
import { privValidatorKeyToJson } from "@tandem-ics/comet";
import { ed25519Address, toHexUpper } from "@tandem-ics/crypto";
import { findConsumer, prepareMisbehaviour } from "@tandem-ics/relayer";
import { eventually } from "./connect.ts";
import { unjailed } from "./mixed-throttle.ts";
import {
  attributeKeys,
  consAddressOf,
  operatorOf,
  POWER,
  powersAt,
  refusal,
  type Step,
  send,
  untilPowers,
  type World,
} from "./mixed-world.ts";

const EVENT_KEYS = [
  [
    ...["module", "consumer_id", "consumer_chain_id", "consumer_misbehaviour", "misbehaviour_client_id"],
    ...["misbehaviour_height_1", "misbehaviour_height_2", "submitter_address", "msg_index"],
  ],
];

/** Declares the steps. `bob` is who is left to make blocks on both chains. */
export function attackSteps(step: Step, worldOf: () => World): void {
  step("convicts of an attack on the provider's client of the consumer", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, consumerId, tandem } = world;
    const provider = await p.client();
    await p.bringUp("bob");
    // On a busy machine his votes come late, so that he may have been reported again; without him nobody would be left.
    const bob = await provider.query.staking.Validator({ validatorAddr: await operatorOf(p, "bob") });
    if (bob.validator!.jailed) await unjailed(world, "bob");
    await untilPowers(world, [c.keyOf("alice"), 100n], [c.keyOf("bob-later"), 12n]);
    const key = tandem.file("alice-key.json", privValidatorKeyToJson(c.keyOf("alice")));
    const make = async (kind: string): Promise<string> => {
      const out = tandem.pathOf(`${kind}.json`);
      const flags = ["--key", key, "--kind", kind, "--out", out, "--yes"];
      await tandem.json("user", "evidence", "make", "light-client-attack", ...flags);
      return out;
    };
    const submit = ["evidence", "submit", "light-client-attack", consumerId];

    // Nobody can be blamed for two blocks of two rounds.
    const amnesia = await make("amnesia");
    const here = await tandem.run("user", ...submit, "--file", amnesia);
    expect([here.code, here.stderr]).toEqual([6, expect.stringContaining("who broke the rules: amnesia")]);
    const there = await tandem.run("user", ...submit, "--file", amnesia, "--unchecked", "--gas", "1000000");
    expect([there.code, /\((\S+)\)/.exec(there.stderr)?.[1]]).toEqual([4, "undefined/1"]);

    const validatorAddr = await operatorOf(p, "alice");
    const alice = async () => (await provider.query.staking.Validator({ validatorAddr })).validator!;
    const before = BigInt((await alice()).tokens);
    const { hash }: { hash: string } = await tandem.json(
      "user",
      ...[...submit, "--file", await make("equivocation")],
    );
    const { events } = (await findTx(provider.rpc, hash))!;
    expect(attributeKeys(events, "submit_consumer_misbehaviour")).toEqual(EVENT_KEYS);
    const { tokens, jailed } = await alice();
    expect([BigInt(tokens), jailed]).toEqual([before - ((before / POWER) * POWER) / 20n, true]);
    const { valSigningInfo } = await provider.query.slashing.SigningInfo({
      consAddress: consAddressOf(p, c.keyOf("alice")),
    });
    expect(valSigningInfo!.tombstoned).toBe(true);

    // Nothing is frozen: the packet that removes her arrives.
    await untilPowers(world, [c.keyOf("bob-later"), 12n]);
    const { clientId } = await provider.query.provider.QueryConsumerChain({ consumerId });
    expect((await provider.query.ibcClient.ClientStatus({ clientId })).status).toBe("Active");
    const gone = toHexUpper(ed25519Address(c.keyOf("alice").publicKey));
    await eventually(
      provider,
      "alice gone",
      async () => (await powersAt(provider, (await provider.status()).height))[gone] === undefined,
    );
  });
}

/** Declares the steps. Whoever shows the client what convicted alice freezes it, and all channels over it. */
export function freezeSteps(step: Step, worldOf: () => World): void {
  step("freezes the provider's client of the consumer for the same evidence", async () => {
    const { provider: p, consumer: c, consumerId, tandem } = worldOf();
    const [provider, consumer] = [await p.client(), await c.client()];
    const entry = await findConsumer(provider, { name: consumerId });
    const { clientId } = await provider.query.provider.QueryConsumerChain({ consumerId });
    const sender = await p.sender("user");
    const file = parseAttackFile(readFileSync(tandem.pathOf("equivocation.json"), "utf8"));
    const pair = { provider, consumer, entry: { ...entry, clientId: CLIENT }, prefix: p.prefix };
    const { misbehaviour } = await prepareMisbehaviour(pair, file, sender.address);
    // A deleted consumer has no client; the client is there all the same.
    expect([clientId, misbehaviour.clientId]).toEqual(["", CLIENT]);
    const { events } = await send(p, "user", freezeMessage(sender.address, CLIENT, misbehaviour));
    expect(attributeKeys(events, "client_misbehaviour")).toEqual([["client_id", "client_type", "msg_index"]]);
    expect((await provider.query.ibcClient.ClientStatus({ clientId: CLIENT })).status).toBe("Frozen");
    expect(await refusal(p, "user", freezeMessage(sender.address, CLIENT, misbehaviour))).toEqual({
      code: "client/29",
      // Refused before it is in a block.
      log: `cannot update client (${CLIENT}) with status Frozen: client state is not active`,
    });
  });
}

/** The first client of a provider. */
const CLIENT = "07-tendermint-0";
