import {
  type ConsumerInitializationParameters,
  MsgAssignConsumerKey,
  MsgChangeRewardDenoms,
  type MsgCreateConsumer,
  MsgOptIn,
  MsgOptOut,
  MsgSetConsumerCommissionRate,
  MsgUpdateConsumer,
  nsToDuration,
  PowerShapingParameters,
  ProviderMsgUpdateParams,
  ProviderParams,
} from "@tandem-ics/proto";
import { createAddressCodecs, Dec } from "@tandem-ics/runtime";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode, refusalText } from "../testing/refusal-code.ts";
import {
  ADDRESSES,
  AUTHORITY,
  accountOf,
  createTestProvider,
  keyJson,
  OWNER,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import { defaultInitialization } from "./consumer-messages.ts";
import { defaultProviderParams, providerParams } from "./params.ts";
import * as state from "./state.ts";

const FOREIGN = createAddressCodecs("other");
const METADATA = { name: "c", description: "d", metadata: "m" };
const listOf = (size: number): string[] =>
  Array.from({ length: size }, () => ADDRESSES.consensus.encode(testAddress(1)));

/** Cases whose titles say what comes of them. */
const titled = <T, Result>(cases: readonly (readonly [string, T, Result])[]) =>
  cases.map(([name, changes, result]) => [name, result, changes] as const);

/** What creating a consumer with these changes is refused with. */
const creating = (changes: Partial<MsgCreateConsumer>): string =>
  refusalCode(() => createTestProvider().create(changes));
const initializing = (changes: Partial<ConsumerInitializationParameters>): string =>
  creating({ initializationParameters: { ...defaultInitialization(), ...changes } });
const shaping = (changes: Partial<PowerShapingParameters>): string =>
  creating({ powerShapingParameters: { ...PowerShapingParameters.create(), ...changes } });

describe("metadata", () => {
  test.each([
    ["name", 50],
    ["description", 10_000],
    ["metadata", 255],
  ])("[interface-4] %s has 1 to %d bytes and is not blank", (field, most) => {
    const code = (text: string): string => creating({ metadata: { ...METADATA, [field]: text } });
    expect(code("x".repeat(most))).toBe("none");
    expect(code("x".repeat(most + 1))).toBe("provider/44");
    expect(code("é".repeat(most / 2 + 1))).toBe("provider/44");
    expect(code("")).toBe("provider/44");
    expect(code(" \t\n")).toBe("provider/44");
  });
});

describe("initialization parameters", () => {
  test.each(
    titled<Partial<ConsumerInitializationParameters>, boolean>([
      ["the height 0-0", { initialHeight: { revisionNumber: 0n, revisionHeight: 0n } }, false],
      ["another revision", { initialHeight: { revisionNumber: 2n, revisionHeight: 1n } }, false],
      ["64 bytes of hash", { genesisHash: new Uint8Array(64), binaryHash: new Uint8Array(64) }, true],
      ["65 bytes of genesis hash", { genesisHash: new Uint8Array(65) }, false],
      ["65 bytes of binary hash", { binaryHash: new Uint8Array(65) }, false],
      ["a spawn time in 1970", { spawnTime: { seconds: 0n, nanos: 0 } }, true],
      ["a fraction of 0", { consumerRedistributionFraction: "0" }, true],
      ["a fraction of 1", { consumerRedistributionFraction: "1.0" }, true],
      ["18 decimals", { consumerRedistributionFraction: "0.123456789012345678" }, true],
      ["19 decimals", { consumerRedistributionFraction: "0.1234567890123456789" }, false],
      ["a fraction above 1", { consumerRedistributionFraction: "1.000000000000000001" }, false],
      ["a fraction without leading digit", { consumerRedistributionFraction: ".5" }, false],
      ["no fraction", { consumerRedistributionFraction: "" }, false],
      ["no block between transmissions", { blocksPerDistributionTransmission: 0n }, false],
      ["one block between transmissions", { blocksPerDistributionTransmission: 1n }, true],
      ["a short channel id", { distributionTransmissionChannel: "channel" }, false],
      ["a blank channel id", { distributionTransmissionChannel: " " }, false],
      ["a channel id", { distributionTransmissionChannel: "channel-1" }, true],
      ["no historical entries", { historicalEntries: 0n }, false],
      ["a negative timeout", { ccvTimeoutPeriod: nsToDuration(-1n) }, false],
      ["no timeout", { ccvTimeoutPeriod: nsToDuration(0n) }, false],
      ["no transfer timeout", { transferTimeoutPeriod: nsToDuration(0n) }, false],
      ["an unbonding of a nanosecond", { unbondingPeriod: nsToDuration(1n) }, true],
      ["no unbonding", { unbondingPeriod: nsToDuration(0n) }, false],
      ["a blank connection id", { connectionId: "  " }, true],
      ["a connection id", { connectionId: "connection-0" }, true],
      ["a short connection id", { connectionId: "conn" }, false],
    ]),
  )("[interface-4] with %s are good: %s", (_, good, changes) => {
    expect(initializing(changes) === "none").toBe(good);
  });
});

describe("power shaping parameters", () => {
  test.each(
    titled<Partial<PowerShapingParameters>, string>([
      ["a power cap of 100", { validatorsPowerCap: 100 }, "none"],
      ["a power cap of 101", { validatorsPowerCap: 101 }, "provider/44"],
      ["1000 entries in a list", { allowlist: listOf(1000) }, "none"],
      ["1001 in the allowlist", { allowlist: listOf(1001) }, "provider/44"],
      ["1001 in the denylist", { denylist: listOf(1001) }, "provider/44"],
      ["1001 in the prioritylist", { prioritylist: listOf(1001) }, "provider/44"],
      ["an operator's address in a list", { denylist: [operatorOf(1)] }, "provider/44"],
      [
        "another chain's address in a list",
        { prioritylist: [FOREIGN.consensus.encode(testAddress(1))] },
        "provider/44",
      ],
      ["Top N at creation", { topN: 50 }, "undefined/1"],
    ]),
  )("[pss-13] with %s: %s", (_, code, changes) => {
    expect(shaping(changes)).toBe(code);
  });

  test.each([
    [0, true],
    [49, false],
    [50, true],
    [100, true],
    [101, false],
  ])("[pss-13] of Top %d are possible: %s", (topN, good) => {
    const chain = createTestProvider();
    const id = chain.create();
    chain.update(id, { newOwnerAddress: AUTHORITY });
    const message = MsgUpdateConsumer.create({
      owner: AUTHORITY,
      consumerId: id,
      powerShapingParameters: { ...PowerShapingParameters.create(), topN },
    });
    expect(refusalCode(() => chain.deliver(MsgUpdateConsumer, message))).toBe(good ? "none" : "provider/45");
  });
});

describe("allowlisted reward denominations", () => {
  test.each(
    titled<string[], string>([
      ["three", ["uatom", "ustake", `ibc/${"0".repeat(64)}`], "none"],
      ["four", ["ua1", "ua2", "ua3", "ua4"], "provider/44"],
      ["ibc alone", ["ibc"], "provider/44"],
      ["a short hash", ["ibc/00"], "provider/44"],
      ["a denomination that is none", ["?"], "provider/44"],
    ]),
  )("[reward-9] %s: %s", (_, code, denoms) => {
    expect(creating({ allowlistedRewardDenoms: { denoms } })).toBe(code);
  });
});

describe("what validators say", () => {
  const speak: Record<string, (chain: TestProvider, changes: object) => unknown> = {
    "46": (chain, changes) =>
      chain.deliver(
        MsgAssignConsumerKey,
        MsgAssignConsumerKey.create({
          providerAddr: operatorOf(1),
          consumerKey: keyJson(9),
          signer: accountOf(1),
          consumerId: "0",
          ...changes,
        }),
      ),
    "49": (chain, changes) =>
      chain.deliver(
        MsgOptIn,
        MsgOptIn.create({ providerAddr: operatorOf(1), signer: accountOf(1), consumerId: "0", ...changes }),
      ),
    "50": (chain, changes) =>
      chain.deliver(
        MsgOptOut,
        MsgOptOut.create({ providerAddr: operatorOf(1), signer: accountOf(1), consumerId: "0", ...changes }),
      ),
    "51": (chain, changes) =>
      chain.deliver(
        MsgSetConsumerCommissionRate,
        MsgSetConsumerCommissionRate.create({
          providerAddr: operatorOf(1),
          rate: "0",
          signer: accountOf(1),
          consumerId: "0",
          ...changes,
        }),
      ),
  };
  describe.each(Object.entries(speak))("is refused with provider/%s", (code, act) => {
    test.each<[string, object]>([
      ["a chain id", { chainId: "consumer-1" }],
      ["a consumer id that is no number", { consumerId: "x" }],
      ["no consumer id", { consumerId: "" }],
      ["another's signature", { signer: accountOf(2) }],
      ["an account for an operator", { providerAddr: accountOf(1) }],
    ])("for %s", (_, changes) => {
      const chain = createTestProvider();
      chain.create();
      expect(refusalCode(() => act(chain, changes))).toBe(`provider/${code}`);
    });
  });

  test.each([
    ["0", "none"],
    ["1000000000000000000", "none"],
    ["1000000000000000001", "provider/51"],
    ["-1", "provider/51"],
    ["x", "provider/51"],
  ])("[reward-9] as a commission rate of %s: %s", (rate, code) => {
    const chain = createTestProvider();
    chain.create();
    expect(refusalCode(() => speak["51"]!(chain, { rate }))).toBe(code);
  });

  test("[reward-9] as a commission is not below staking's least rate, and only for consumers that live", () => {
    const chain = createTestProvider();
    chain.create();
    chain.fake.minCommission = Dec.parse("0.05");
    expect(refusalCode(() => speak["51"]!(chain, { rate: "49999999999999999" }))).toBe("staking/40");
    expect(refusalCode(() => speak["51"]!(chain, { rate: "50000000000000000" }))).toBe("none");
    expect(refusalCode(() => speak["51"]!(chain, { consumerId: "7" }))).toBe("provider/27");
    expect(chain.eventsOf("set_consumer_commission_rate")).toEqual([
      {
        module: "provider",
        consumer_id: "0",
        consumer_chain_id: "consumer-1",
        provider_validator_address: operatorOf(1),
        consumer_commission_rate: "0.050000000000000000",
        submitter_address: accountOf(1),
      },
    ]);
  });

  test("for no validator of staking is refused with its error", () => {
    const chain = createTestProvider();
    chain.create();
    expect(
      refusalCode(() => speak["49"]!(chain, { providerAddr: operatorOf(8), signer: accountOf(8) })),
    ).toBe("staking/3");
  });
});

describe("the provider's parameters", () => {
  const update = (params: Partial<ProviderParams>, authority = AUTHORITY): string => {
    const chain = createTestProvider();
    const before = providerParams(chain.ctx);
    const next = { ...defaultProviderParams(), ...params };
    const code = refusalCode(() => chain.deliver(ProviderMsgUpdateParams, { authority, params: next }));
    const bytes = (value: ProviderParams): string =>
      Buffer.from(ProviderParams.encode(value).finish()).toString("hex");
    expect(bytes(providerParams(chain.ctx))).toBe(bytes(code === "none" ? next : before));
    return code;
  };
  const template = defaultProviderParams().templateClient!;

  test("[interface-5] are governance's alone", () => {
    expect(update({})).toBe("none");
    expect(update({}, OWNER)).toBe("gov/13");
  });

  test.each(
    titled<Partial<ProviderParams>, boolean>([
      ["a trusting fraction of 1", { trustingPeriodFraction: "1" }, true],
      ["a trusting fraction of 0", { trustingPeriodFraction: "0" }, false],
      ["a trusting fraction above 1", { trustingPeriodFraction: "1.1" }, false],
      ["a timeout of a nanosecond", { ccvTimeoutPeriod: nsToDuration(1n) }, true],
      ["no timeout", { ccvTimeoutPeriod: nsToDuration(0n) }, false],
      ["no replenishing period", { slashMeterReplenishPeriod: nsToDuration(0n) }, false],
      ["a replenishing fraction of 0", { slashMeterReplenishFraction: "0.0" }, false],
      ["a replenishing fraction of 1", { slashMeterReplenishFraction: "1.00" }, true],
      ["a replenishing fraction below 0", { slashMeterReplenishFraction: "-0.1" }, false],
      ["a fee of nothing", { consumerRewardDenomRegistrationFee: { denom: "stake", amount: "0" } }, true],
      ["a fee that is no coin", { consumerRewardDenomRegistrationFee: { denom: "1", amount: "1" } }, false],
      ["a negative fee", { consumerRewardDenomRegistrationFee: { denom: "stake", amount: "-1" } }, false],
      ["an epoch of one block", { blocksPerEpoch: 1n }, true],
      ["no epoch", { blocksPerEpoch: 0n }, false],
      ["rewards from the first epoch", { numberOfEpochsToStartReceivingRewards: 1n }, true],
      ["rewards from epoch 0", { numberOfEpochsToStartReceivingRewards: 0n }, false],
      ["one validator", { maxProviderConsensusValidators: 1n }, true],
      ["no validator", { maxProviderConsensusValidators: 0n }, false],
      ["no client template", { templateClient: undefined }, false],
      ["a template without proof specs", { templateClient: { ...template, proofSpecs: [] } }, false],
      [
        "a template that trusts a quarter",
        { templateClient: { ...template, trustLevel: { numerator: 1n, denominator: 4n } } },
        false,
      ],
      [
        "a template without clock drift",
        { templateClient: { ...template, maxClockDrift: nsToDuration(0n) } },
        false,
      ],
      [
        "a template with a blank upgrade path",
        { templateClient: { ...template, upgradePath: [" "] } },
        false,
      ],
    ]),
  )("[interface-4] with %s are good: %s", (_, good, params) => {
    expect(update(params)).toMatch(good ? /^none$/ : /^(undefined\/1|07-tendermint\/\d+|client\/\d+)$/);
  });
});

describe("removing a reward denomination", () => {
  test("[interface-5] is refused to others than governance", () => {
    const chain = createTestProvider();
    const message = { denomsToAdd: ["ua1"], denomsToRemove: [], authority: OWNER };
    expect(refusalCode(() => chain.deliver(MsgChangeRewardDenoms, message))).toBe("provider/25");
    expect(state.rewardDenoms.keys(chain.ctx)).toEqual([]);
  });
});

test("a height of another revision is refused with the text of Go's provider", () => {
  const initialHeight = { revisionNumber: 1n, revisionHeight: 1n };
  const init = { ...defaultInitialization(), initialHeight };
  expect(
    refusalText(() => createTestProvider().create({ chainId: "consumer-3", initializationParameters: init })),
  ).toBe(
    "cannot set consumer initialization parameters: invalid initial height for consumer id (0): " +
      "chain ID (consumer-3) doesn't match revision number (1): invalid consumer initialization parameters",
  );
});

describe("a refusal has the text of Go's provider for", () => {
  const initialization = (changes: Partial<ConsumerInitializationParameters>) => ({
    initializationParameters: { ...defaultInitialization(), ...changes },
  });
  const shapingOf = (changes: Partial<PowerShapingParameters>) => ({
    powerShapingParameters: { ...PowerShapingParameters.create(), ...changes },
  });
  const own = "invalid create consumer message";
  test.each<[string, Partial<MsgCreateConsumer>, string]>([
    ["a blank chain id", { chainId: " " }, `ChainId: ChainId: ChainId cannot be empty: ${own}: ${own}`],
    [
      "a reserved chain id",
      { chainId: "stride-1" },
      `ChainId: cannot use a reserved chain id: ${own}: ${own}`,
    ],
    [
      "a blank name",
      { metadata: { ...METADATA, name: "" } },
      `Metadata: Name: name cannot be empty: invalid consumer metadata: ${own}`,
    ],
    [
      "a timeout of nothing",
      initialization({ ccvTimeoutPeriod: { seconds: 0n, nanos: 0 } }),
      "InitializationParameters: CcvTimeoutPeriod: duration must be positive: " +
        `invalid consumer initialization parameters: ${own}`,
    ],
    [
      "a long hash",
      initialization({ binaryHash: new Uint8Array(65) }),
      "InitializationParameters: BinaryHash: hash is too long; got: 65, max: 64: " +
        `invalid consumer initialization parameters: ${own}`,
    ],
    [
      "a cap over 100 %",
      shapingOf({ validatorsPowerCap: 101 }),
      "PowerShapingParameters: ValidatorsPowerCap has to be in the range [0, 100]: " +
        `invalid power shaping parameters: ${own}`,
    ],
    [
      "a negative jail time",
      {
        infractionParameters: {
          doubleSign: undefined,
          downtime: {
            slashFraction: new TextEncoder().encode("0"),
            jailDuration: nsToDuration(-1n),
            tombstone: false,
          },
        },
      },
      "InfractionParameters: Downtime.JailDuration cannot be negative: " +
        `invalid consumer infraction parameters: ${own}`,
    ],
  ])("%s", (_, changes, text) => {
    expect(refusalText(() => createTestProvider().create(changes))).toBe(text);
  });
});

test("an id without consumer is refused by messages about consumers", () => {
  const chain = createTestProvider();
  expect(refusalCode(() => chain.update("0", {}))).toBe("provider/27");
  expect(refusalCode(() => chain.update("", {}))).toBe("provider/45");
});
