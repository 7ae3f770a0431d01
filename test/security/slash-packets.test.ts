/** Downtime reported by consumers: repeated, residual, throttled, malicious. */

import { MsgRemoveConsumer } from "@tandem-ics/proto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { queueSlashRequest } from "../../packages/ccv/src/consumer/slash-requests.ts";
import * as consumerState from "../../packages/ccv/src/consumer/state.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import {
  BOUNCED,
  consAddressOf,
  createTestConsumer,
  createTestProvider,
  HANDLED,
  OWNER,
  received,
  slashData,
  type TestProvider,
  testAddress,
  updateOf,
} from "./kits.ts";

/** A consumer of everybody, connected. */
function connected(options: Parameters<typeof createTestProvider>[0] = {}): {
  chain: TestProvider;
  id: string;
} {
  const chain = createTestProvider(options);
  const id = chain.launch((options.tokens ?? [1, 2, 3]).map((_, i) => i + 1));
  chain.openChannel(id);
  return { chain, id };
}
const downtimeSlashes = (chain: TestProvider): number => chain.fake.slashes.length;

describe("[sec-07] a consumer that reports one downtime again and again", () => {
  test("has the validator jailed and slashed once until it comes back", () => {
    const { chain } = connected();
    state.slashMeter.set(chain.ctx, 1000n);
    for (let i = 0; i < 5; i++) expect(received(chain, slashData(1))).toBe(HANDLED);
    expect(downtimeSlashes(chain)).toBe(1);
    const until = chain.fake.jailedUntil.get(1);
    chain.nextBlock(60n);
    received(chain, slashData(1));
    expect(chain.fake.jailedUntil.get(1)).toBe(until);
    chain.fake.set(1, { jailed: false });
    received(chain, slashData(1));
    expect(downtimeSlashes(chain)).toBe(2);
  });

  test("an honest consumer sends one packet, whatever its validators miss meanwhile", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    for (let i = 0; i < 4; i++) report(chain, 1);
    expect(consumerState.pendingPackets.keys(chain.ctx)).toHaveLength(1);
  });
});

const report = (chain: ReturnType<typeof createTestConsumer>, n: number): void =>
  queueSlashRequest(chain.ctx, createAddressCodecs("cosmos"), {
    address: testAddress(n),
    power: 10n,
    vscId: 0n,
    infraction: Infraction.INFRACTION_DOWNTIME,
  });

describe("[sec-08] what is left of an old downtime", () => {
  test("makes nobody immune who left the set and came back", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    report(chain, 1);
    chain.vsc(2n, [updateOf(1, 0n)]);
    chain.nextBlock();
    chain.vsc(3n, [updateOf(1, 5n)]);
    chain.nextBlock();
    expect(consumerState.outstandingDowntime.has(chain.ctx, testAddress(1))).toBe(false);
    report(chain, 1);
    expect(consumerState.pendingPackets.keys(chain.ctx)).toHaveLength(2);
  });

  test("ends with the provider's word, in whatever prefix it is written", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    report(chain, 1);
    const ack = createAddressCodecs("elsewhere").consensus.encode(testAddress(1));
    chain.vsc(2n, [], { slashAcks: [ack] });
    expect(consumerState.outstandingDowntime.has(chain.ctx, testAddress(1))).toBe(false);
  });

  test.each<[string, (chain: TestProvider, id: string) => void]>([
    [
      "is not in the consumer's set",
      (chain, id) => state.consumerValidators.remove(chain.ctx, [id, testAddress(2)]),
    ],
    ["was jailed already", (chain) => chain.fake.set(2, { jailed: true })],
    [
      "is reported by a consumer that was stopped",
      (chain, id) => void chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER }),
    ],
  ])("is acknowledged of one who %s", (_, change) => {
    const { chain, id } = connected();
    change(chain, id);
    expect(received(chain, slashData(2))).toBe(HANDLED);
    expect(state.slashAcks.get(chain.ctx, id)?.addresses).toEqual([consAddressOf(2)]);
    expect(downtimeSlashes(chain)).toBe(0);
  });
});

describe("[sec-10] the throttle", () => {
  test("keeps nothing of a bounced packet: no queue grows on the provider, whatever a consumer sends", () => {
    const { chain } = connected();
    state.slashMeter.set(chain.ctx, -1n);
    const rows = () => [...chain.ctx.kv(state.STORE).iterate({})].length;
    const before = rows();
    for (let i = 0; i < 200; i++) expect(received(chain, slashData(1 + (i % 3)))).toBe(BOUNCED);
    expect(rows()).toBe(before);
    expect(downtimeSlashes(chain)).toBe(0);
  });

  test("does not stand in the way of a consumer's removal", () => {
    const { chain, id } = connected();
    state.slashMeter.set(chain.ctx, -1n);
    received(chain, slashData(1));
    chain.deliver(MsgRemoveConsumer, { consumerId: id, owner: OWNER });
    chain.nextBlock(22n * 86_400n);
    chain.nextBlock();
    expect(state.clientOfConsumer.has(chain.ctx, id)).toBe(false);
  });

  test("is not used up by reports that jail nobody, so that others are not delayed by them", () => {
    const { chain, id } = connected();
    const meter = state.slashMeter.require(chain.ctx);
    chain.fake.set(1, { jailed: true });
    // Staking keeps a jailed validator's power until the block ends.
    const { lastValidatorPower } = chain.fake.staking;
    chain.fake.staking.lastValidatorPower = (ctx, operator) =>
      operator[0] === 1 ? 10n : lastValidatorPower(ctx, operator);
    state.consumerValidators.remove(chain.ctx, [id, testAddress(2)]);
    received(chain, slashData(1));
    received(chain, slashData(2));
    received(chain, slashData(77));
    expect(state.slashMeter.require(chain.ctx)).toBe(meter);
    expect(received(chain, slashData(3))).toBe(HANDLED);
    expect(chain.fake.validator(3).jailed).toBe(true);
  });

  test("the consumer tries again after its delay, with the same packet at the head, and loses no report", () => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    report(chain, 1);
    report(chain, 2);
    chain.nextBlock();
    expect(chain.ibc.sent).toHaveLength(1);
    chain.answer(Uint8Array.of(3));
    // Later than one hour after it was sent, and no earlier: blocks end at 5, 3595 and 3600 seconds.
    for (const seconds of [3590n, 5n, 1n]) {
      chain.nextBlock(seconds);
      expect(chain.ibc.sent).toHaveLength(1);
    }
    chain.nextBlock();
    expect(chain.ibc.sent.map(({ data }) => data)).toEqual([
      chain.ibc.sent[0]!.data,
      chain.ibc.sent[0]!.data,
    ]);
    chain.answer(Uint8Array.of(2));
    chain.nextBlock();
    expect(chain.ibc.sent).toHaveLength(3);
    expect(chain.ibc.sent[2]!.data).not.toBe(chain.ibc.sent[0]!.data);
  });
});

test("[sec-11] a malicious consumer jails five percent of the power an hour, and one validator more, at any pace", () => {
  const [count, power] = [100, 20];
  const validators = Array.from({ length: count }, (_, i) => i + 1);
  const { chain } = connected({ tokens: validators.map(() => BigInt(power) * 1_000_000n) });
  const jailed = () => validators.filter((n) => chain.fake.validator(n).jailed).length;
  // The meter is full at first; five percent of the power is one for each validator that is left.
  let [left, meter] = [count, count];
  let hours = 0;
  for (let block = 0; (count - left) * 3 < count * 2; block++) {
    // Twenty minutes make a block, and everybody is reported in each.
    if (block > 0) chain.nextBlock(1200n);
    if (block > 0 && block % 3 === 0) {
      hours++;
      meter = Math.min(meter + left, left);
    }
    for (const n of validators) if (!chain.fake.validator(n).jailed) received(chain, slashData(n));
    for (; meter >= 0; meter -= power) left--;
    expect([hours, jailed()]).toEqual([hours, count - left]);
  }
  expect(hours).toBeGreaterThan(18);
});
