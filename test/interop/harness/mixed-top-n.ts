/** Governance takes the running consumer over and makes it a top N chain: who is strong enough must validate it. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { MsgUpdateConsumer } from "@tandem-ics/proto";
import { decide, governance } from "./mixed-governance.ts";
import { optIn, optOut } from "./mixed-messages.ts";
import { AT_FIRST } from "./mixed-refusals.ts";
import { PROVIDER_TYPE, refusal, type Step, send, untilPowers, type World } from "./mixed-world.ts";

/** alice and bob hold 112 of 119: who is weaker than bob need not. */
const TOP_N = 90;

const powerShaping = (topN: number) => ({
  topN,
  validatorsPowerCap: 0,
  validatorSetCap: 0,
  allowlist: [],
  denylist: [],
  minStake: 0n,
  allowInactiveVals: false,
  prioritylist: [],
});

const update = (fields: object): EncodeObject => ({
  typeUrl: `${PROVIDER_TYPE}.MsgUpdateConsumer`,
  value: MsgUpdateConsumer.fromPartial(fields),
});

/** Declares the steps. */
export function topNSteps(step: Step, worldOf: () => World): void {
  step("makes the consumer a top N chain by governance, and enrols who is strong enough", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, consumerId } = world;
    const owner = (await p.sender("owner")).address;
    const shaped = { consumerId, powerShapingParameters: powerShaping(TOP_N) };
    const refused = await refusal(p, "owner", update({ owner, ...shaped }));
    expect([refused.code, refused.log.slice(0, AT_FIRST.length)]).toEqual(["provider/39", AT_FIRST]);
    for (const name of ["bob", "carol"]) await send(p, name, await optOut(p, name, consumerId));
    await untilPowers(world, [c.keyOf("alice"), 100n]);
    await send(p, "owner", update({ owner, consumerId, newOwnerAddress: governance(p) }));
    await decide(p, update({ owner: governance(p), ...shaped }));
    // bob is back without a word of his, with the key that he was assigned.
    await untilPowers(world, [c.keyOf("alice"), 100n], [c.keyOf("bob-later"), 12n]);
    const provider = await p.client();
    const { phase, powerShapingParams } = await provider.query.provider.QueryConsumerChain({ consumerId });
    expect([phase, powerShapingParams?.topN]).toEqual(["CONSUMER_PHASE_LAUNCHED", TOP_N]);
  });

  step("lets only the weaker ones leave it", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, consumerId } = world;
    for (const name of ["alice", "bob"]) {
      const refused = await refusal(p, name, await optOut(p, name, consumerId));
      expect([name, refused.code]).toEqual([name, "provider/20"]);
    }
    const [alice, bob, carol] = [c.keyOf("alice"), c.keyOf("bob-later"), c.keyOf("carol")];
    await send(p, "carol", await optIn(p, "carol", consumerId));
    await untilPowers(world, [alice, 100n], [bob, 12n], [carol, 7n]);
    await send(p, "carol", await optOut(p, "carol", consumerId));
    await untilPowers(world, [alice, 100n], [bob, 12n]);
    await send(p, "carol", await optIn(p, "carol", consumerId));
    await untilPowers(world, [alice, 100n], [bob, 12n], [carol, 7n]);
  });

  step("gives the consumer back to its owner, as one that validators choose", async () => {
    const { provider: p, consumerId } = worldOf();
    const owner = (await p.sender("owner")).address;
    await decide(
      p,
      update({
        owner: governance(p),
        consumerId,
        newOwnerAddress: owner,
        powerShapingParameters: powerShaping(0),
      }),
    );
    const provider = await p.client();
    const { ownerAddress } = await provider.query.provider.QueryConsumerChain({ consumerId });
    expect(ownerAddress).toBe(owner);
  });
}
