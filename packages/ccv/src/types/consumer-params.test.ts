import { ConsumerMsgUpdateParams, type ConsumerParams, nsToDuration } from "@tandem-ics/proto";
import { consumerParams } from "../consumer/params.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import { createTestConsumer } from "../testing/test-consumer.ts";
import { AUTHORITY, OWNER } from "../testing/test-provider.ts";
import { defaultConsumerParams } from "./consumer-params.ts";

/** What a change of parameters is refused with; it is all in force, or nothing of it. */
function change(changes: Partial<ConsumerParams>, authority = AUTHORITY): string {
  const chain = createTestConsumer();
  const before = consumerParams(chain.ctx);
  const params = { ...defaultConsumerParams(), enabled: true, ...changes };
  const route = chain.module.messages!.find(({ typeUrl }) => typeUrl === ConsumerMsgUpdateParams.typeUrl)!;
  const bytes = ConsumerMsgUpdateParams.encode({ authority, params }).finish();
  const code = refusalCode(() => route.run(chain.ctx, bytes));
  expect(consumerParams(chain.ctx)).toEqual(code === "none" ? params : before);
  return code;
}

describe("parameters of a consumer", () => {
  test("[interface-5] are governance's alone", () => {
    expect(change({ historicalEntries: 7n })).toBe("none");
    expect(change({ historicalEntries: 7n }, OWNER)).toBe("gov/13");
  });

  test("[interface-4] have Go's defaults", () => {
    expect(defaultConsumerParams()).toEqual({
      enabled: false,
      blocksPerDistributionTransmission: 1000n,
      distributionTransmissionChannel: "",
      providerFeePoolAddrStr: "",
      ccvTimeoutPeriod: { seconds: 2_419_200n, nanos: 0 },
      transferTimeoutPeriod: { seconds: 3_600n, nanos: 0 },
      consumerRedistributionFraction: "0.75",
      historicalEntries: 10_000n,
      unbondingPeriod: { seconds: 1_728_000n, nanos: 0 },
      softOptOutThreshold: "0",
      rewardDenoms: [],
      providerRewardDenoms: [],
      retryDelayPeriod: { seconds: 3_600n, nanos: 0 },
      consumerId: "0",
    });
  });

  test.each<[string, boolean, Partial<ConsumerParams>]>([
    ["one block between transmissions", true, { blocksPerDistributionTransmission: 1n }],
    ["no block between transmissions", false, { blocksPerDistributionTransmission: 0n }],
    ["a channel of 8 characters", true, { distributionTransmissionChannel: "channel1" }],
    ["a channel of 7 characters", false, { distributionTransmissionChannel: "channel" }],
    ["a channel of 64 characters", true, { distributionTransmissionChannel: "c".repeat(64) }],
    ["a channel of 65 characters", false, { distributionTransmissionChannel: "c".repeat(65) }],
    ["any pool", true, { providerFeePoolAddrStr: "?" }],
    ["a time-out of a nanosecond", true, { ccvTimeoutPeriod: nsToDuration(1n) }],
    ["no time-out", false, { ccvTimeoutPeriod: nsToDuration(0n) }],
    ["a transfer time-out of a nanosecond", true, { transferTimeoutPeriod: nsToDuration(1n) }],
    ["a negative transfer time-out", false, { transferTimeoutPeriod: nsToDuration(-1n) }],
    ["the fraction 0", true, { consumerRedistributionFraction: "0" }],
    ["the fraction 1", true, { consumerRedistributionFraction: "1.000" }],
    ["a fraction above 1", false, { consumerRedistributionFraction: "1.000000000000000001" }],
    ["a fraction below 0", false, { consumerRedistributionFraction: "-0.1" }],
    ["18 decimals", true, { consumerRedistributionFraction: "0.000000000000000001" }],
    ["19 decimals", false, { consumerRedistributionFraction: "0.0000000000000000010" }],
    ["no fraction", false, { consumerRedistributionFraction: "" }],
    ["one historical entry", true, { historicalEntries: 1n }],
    ["no historical entry", false, { historicalEntries: 0n }],
    ["an unbonding of a nanosecond", true, { unbondingPeriod: nsToDuration(1n) }],
    ["no unbonding", false, { unbondingPeriod: nsToDuration(0n) }],
    ["any opt-out threshold", true, { softOptOutThreshold: "x" }],
    [
      "denominations",
      true,
      { rewardDenoms: ["uatom", `ibc/${"A".repeat(64)}`], providerRewardDenoms: ["abc"] },
    ],
    ["a denomination of two characters", false, { rewardDenoms: ["ab"] }],
    ["a denomination of the provider that begins with a digit", false, { providerRewardDenoms: ["1abc"] }],
    ["a delay of a nanosecond", true, { retryDelayPeriod: nsToDuration(1n) }],
    ["no delay", false, { retryDelayPeriod: nsToDuration(0n) }],
    ["the greatest consumer id", true, { consumerId: "18446744073709551615" }],
    ["an id beyond 64 bits", false, { consumerId: "18446744073709551616" }],
    ["leading zeros in the id", true, { consumerId: "007" }],
    ["a sign in the id", false, { consumerId: "+7" }],
    ["a blank id", false, { consumerId: " " }],
  ])("[interface-4] with %s are good: %s", (_, good, changes) => {
    expect(change(changes) === "none").toBe(good);
  });
});
