/** Messages to a provider of `ccv-states.ts`, right and wrong in every way, for trial runs: nothing is signed or kept. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { utf8 } from "@tandem-ics/crypto";
import { nsToDuration, type ProviderParams } from "@tandem-ics/proto";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import {
  AUTHORITY,
  CAST,
  CONSUMER_KEYS,
  consensusOf,
  createConsumer,
  provider,
  updateConsumer,
  validatorMessage,
} from "./ccv-states.ts";
import { type Keys, keysOf } from "./keys.ts";
import { initialization } from "./rich-state.ts";

/** A trial run: who it would be signed by, and what it holds. */
export interface Trial {
  readonly what: string;
  readonly signer: string;
  readonly message: EncodeObject;
}

/** What only the chain itself knows. */
export interface TrialSubjects {
  readonly main: Pick<Keys, "address" | "operator"> & { readonly consensusKey: Uint8Array };
  readonly params: ProviderParams;
}

const { owner, first, second, third } = CAST;
const SECOND_NS = 1_000_000_000n;
const FAR_NS = 4_102_444_800n * SECOND_NS;
const IDS = [...Array.from({ length: 13 }, (_, i) => String(i)), "99", "", "x", "007", "-1", " 1"];
const HEX = "27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2";
const duration = (ns: bigint) => nsToDuration(ns);

/** Fields of initialization parameters, each wrong or at its edge. */
const INITIALIZATIONS: readonly object[] = [
  ...[
    [0n, 0n],
    [1n, 0n],
    [0n, 1n],
    [2n, 1n],
    [1n, 2n ** 64n - 1n],
  ].map(([revisionNumber, revisionHeight]) => ({ initialHeight: { revisionNumber, revisionHeight } })),
  ...[64, 65].flatMap((length) => [
    { genesisHash: new Uint8Array(length) },
    { binaryHash: new Uint8Array(length) },
  ]),
  ...[
    ...[
      "",
      " ",
      "0",
      "1",
      "1.0",
      "1.000000000000000001",
      "-0.1",
      "-0",
      "1.1",
      "abc",
      "+0.5",
      ".5",
      "5.",
      "0.5 ",
    ],
    ...["0.123456789012345678", "0.1234567890123456789", "1e-1", "0x1", "00.5", "0..5", "0.5.5", "1_0"],
  ].map((consumerRedistributionFraction) => ({ consumerRedistributionFraction })),
  ...[0n, -1n, 1n, 2n ** 63n - 1n].flatMap((value) => [
    { blocksPerDistributionTransmission: value },
    { historicalEntries: value },
    { ccvTimeoutPeriod: duration(value) },
    { transferTimeoutPeriod: duration(value) },
    { unbondingPeriod: duration(value) },
  ]),
  ...[
    "short",
    "channel-0",
    "channel",
    "a".repeat(8),
    "a".repeat(64),
    "a".repeat(65),
    "bad channel",
    "a/bcdefgh",
    " ",
  ].map((distributionTransmissionChannel) => ({ distributionTransmissionChannel })),
  ...[
    "x",
    "connection-0",
    "connection-99",
    "a".repeat(10),
    "a".repeat(64),
    "a".repeat(65),
    "a b c d e f g",
    " ",
  ].map((connectionId) => ({ connectionId })),
];

const SHAPING = {
  topN: 0,
  validatorsPowerCap: 0,
  validatorSetCap: 0,
  allowlist: [],
  denylist: [],
  minStake: 0n,
  allowInactiveVals: false,
  prioritylist: [],
};

const ADDRESSES: readonly string[] = [
  consensusOf(first),
  consensusOf(first).toUpperCase(),
  first.operator,
  first.address,
  "osmovalcons1pkptre7fdkl6gfrzlesjjvhxhlc3r4gmmk8rs6",
  ...["", " ", "x", "cosmosvalcons1", `${consensusOf(first)}x`],
];

const SHAPINGS: readonly object[] = [
  ...[1, 49, 50, 67, 100, 101, 2 ** 32 - 1].map((topN) => ({ topN })),
  ...[1, 100, 101, 2 ** 32 - 1].map((validatorsPowerCap) => ({ validatorsPowerCap })),
  { validatorSetCap: 2 ** 32 - 1, minStake: 2n ** 64n - 1n, allowInactiveVals: true },
  ...(["allowlist", "denylist", "prioritylist"] as const).flatMap((list) => [
    ...ADDRESSES.map((address) => ({ [list]: [consensusOf(second), address] })),
    { [list]: Array.from({ length: 1000 }, () => consensusOf(third)) },
    { [list]: Array.from({ length: 1001 }, () => consensusOf(third)) },
  ]),
];

const part = (slashFraction: string, jailNs: bigint, tombstone = false) => ({
  slashFraction: utf8(slashFraction),
  jailDuration: duration(jailNs),
  tombstone,
});

const INFRACTIONS: readonly object[] = [
  {},
  ...["0", "1", "1000000000000000000", "1000000000000000001", "-1", "-0", "", "x", "01"].flatMap(
    (fraction) => [{ doubleSign: part(fraction, 1n, true) }, { downtime: part(fraction, 1n) }],
  ),
  ...[0n, -1n, 2n ** 63n - 1n].flatMap((ns) => [
    { doubleSign: part("1", ns) },
    { downtime: part("1", ns, true) },
  ]),
  { doubleSign: part("1", 1n), downtime: part("2", 2n) },
];

const DENOMS: readonly (readonly string[])[] = [
  [],
  ["stake", "stake", "stake"],
  ["aa1", "bb2", "cc3", "dd4"],
  ...[
    "ibc",
    "ibc/",
    "ibc/xyz",
    `ibc/${HEX}`,
    `ibc/${HEX.toLowerCase()}`,
    `ibc/${HEX.slice(1)}`,
    `ibc/${HEX}0`,
  ],
  ...[
    "a",
    "ab",
    "abc",
    "1abc",
    "a b",
    "",
    " ",
    "a".repeat(128),
    "a".repeat(129),
    "factory/a/b",
    "ibcx/1",
    "IBC/1",
  ],
].map((denoms) => (typeof denoms === "string" ? [denoms] : denoms));

const METADATA: readonly object[] = [
  ...[
    "",
    " ",
    "\t\n",
    "\u00a0",
    "n".repeat(50),
    "n".repeat(51),
    "\u00e9".repeat(25),
    "\u00e9".repeat(26),
  ].map((name) => ({
    name,
  })),
  ...["", " ", "d".repeat(10_000), "d".repeat(10_001)].map((description) => ({ description })),
  ...["", " ", "m".repeat(255), "m".repeat(256)].map((metadata) => ({ metadata })),
].map((fields) => ({ name: "n", description: "d", metadata: "m", ...fields }));

const CHAIN_IDS: readonly string[] = [
  ...["", " ", "neutron-1", "stride-1", "stride-2", "x".repeat(50), "x".repeat(51), "\u00e9".repeat(26)],
  ...[
    "foo",
    "foo-1",
    "foo-2",
    "foo-01",
    "foo--1",
    "-1",
    "foo-1-1",
    "foo-",
    "foo-0",
    "foo -1",
    "foo-1 ",
    "a\nb-1",
  ],
  "foo-18446744073709551615",
];

const KEY_TEXTS: readonly string[] = [
  ...[
    "",
    " ",
    "{",
    "null",
    "[]",
    "{}",
    '"x"',
    "5",
    '{"@type":5}',
    '{"@type":null,"key":null}',
    '{"key":"x"}',
  ],
  '{"@type":"/cosmos.crypto.secp256k1.PubKey","key":"AAAA"}',
  '{"@type":"/cosmos.crypto.ed25519.PubKey"}',
  '{"@type":"/cosmos.crypto.ed25519.PubKey","key":""}',
  '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"!!!"}',
  '{"@type":"/cosmos.crypto.ed25519.PubKey","key":"AAAA"}',
  '{"@TYPE":"/cosmos.crypto.ed25519.PubKey","KEY":"AAAA"}',
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${"A".repeat(43)}"}`,
  `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${"A".repeat(43)}=","more":1}`,
  `${pubKeyJsonOf(keysOf("states trailing").consensusKey)} x`,
  ...[
    CONSUMER_KEYS.first,
    CONSUMER_KEYS.firstLater,
    CONSUMER_KEYS.second,
    first,
    second,
    keysOf("states fresh"),
  ].map(({ consensusKey }) => pubKeyJsonOf(consensusKey)),
];

/** Who speaks for which validator, with the deprecated chain id and without. */
const SPEAKERS: readonly {
  readonly chainId?: string;
  readonly providerAddr: string;
  readonly signer: string;
}[] = [
  { providerAddr: first.operator, signer: first.address },
  { providerAddr: first.operator, signer: first.address, chainId: "launched-1" },
  { providerAddr: first.operator, signer: first.address, chainId: " " },
  { providerAddr: second.operator, signer: first.address },
  { providerAddr: owner.operator, signer: owner.address },
  { providerAddr: first.operator.toUpperCase(), signer: first.address },
  ...[
    "",
    " ",
    "x",
    first.address,
    consensusOf(first),
    "osmovaloper1pkptre7fdkl6gfrzlesjjvhxhlc3r4gm32kke3",
  ].map((providerAddr) => ({ providerAddr, signer: first.address })),
];

const PARAMS: readonly object[] = [
  {},
  ...["0", "0.0", "1", "1.0", "1.01", "-1", "", "x", "0.1234567890123456789"].flatMap((fraction) => [
    { trustingPeriodFraction: fraction },
    { slashMeterReplenishFraction: fraction },
  ]),
  ...[0n, -1n, 1n].flatMap((value) => [
    { ccvTimeoutPeriod: duration(value) },
    { slashMeterReplenishPeriod: duration(value) },
    { blocksPerEpoch: value },
    { numberOfEpochsToStartReceivingRewards: value },
    { maxProviderConsensusValidators: value },
  ]),
  ...["-1", "0", "1"].map((amount) => ({ consumerRewardDenomRegistrationFee: { denom: "stake", amount } })),
  { consumerRewardDenomRegistrationFee: { denom: "1", amount: "1" } },
  { templateClient: undefined },
];

const show = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "bigint" ? inner.toString() : inner instanceof Uint8Array ? [...inner] : inner,
  ).slice(0, 300);

/** All of them. */
export function trials({ main, params }: TrialSubjects): Trial[] {
  const found: Trial[] = [];
  const add = (signer: string, message: EncodeObject, about: unknown): void => {
    found.push({ what: `${message.typeUrl.replace(/^.*\./, "")} ${show(about)}`, signer, message });
  };
  const created = (chainId: string, fields: object): void =>
    add(owner.address, createConsumer(chainId, fields), { chainId, ...fields });
  const updated = (consumerId: string, fields: object, by: string = owner.address): void =>
    add(by, updateConsumer(consumerId, { owner: by, ...fields }), { consumerId, by, ...fields });
  const init = (fields: object, spawnNs = FAR_NS) => ({ ...initialization("x-1", spawnNs), ...fields });
  const bare = (spawnTime: unknown, fields: object = {}) => ({
    ...initialization("x-1", 0n),
    ...fields,
    spawnTime,
  });

  for (const chainId of CHAIN_IDS) {
    created(chainId, {});
    updated("3", { newChainId: chainId });
    updated("1", { newChainId: chainId });
  }
  created("foo", {
    initializationParameters: init({ initialHeight: { revisionNumber: 0n, revisionHeight: 1n } }),
  });
  created("foo-1", { metadata: undefined });
  for (const metadata of METADATA) {
    created("foo-1", { metadata });
    updated("1", { metadata });
  }
  for (const fields of INITIALIZATIONS) {
    created("foo-1", { initializationParameters: init(fields) });
    updated("2", { initializationParameters: init(fields) });
  }
  for (const spawnTime of [
    undefined,
    { seconds: 0n, nanos: 0 },
    { seconds: 1n, nanos: 5 },
    { seconds: 4_102_444_800n, nanos: 999_999_999 },
  ])
    for (const id of ["new", "1", "2", "3", "4"])
      if (id === "new") created("foo-1", { initializationParameters: bare(spawnTime) });
      else updated(id, { initializationParameters: bare(spawnTime) });
  for (const fields of SHAPINGS) {
    created("foo-1", { powerShapingParameters: { ...SHAPING, ...fields } });
    updated("2", { powerShapingParameters: { ...SHAPING, ...fields } });
    updated("6", { powerShapingParameters: { ...SHAPING, ...fields } }, AUTHORITY);
  }
  for (const infractionParameters of INFRACTIONS) {
    created("foo-1", { infractionParameters });
    for (const id of ["1", "2", "3"]) updated(id, { infractionParameters });
  }
  for (const denoms of DENOMS) {
    created("foo-1", { allowlistedRewardDenoms: { denoms } });
    updated("1", { allowlistedRewardDenoms: { denoms } });
  }
  for (const id of IDS) {
    updated(id, {});
    for (const by of [owner.address, first.address, AUTHORITY]) {
      updated(id, { metadata: { name: "n", description: "d", metadata: "m" } }, by);
      add(by, provider("MsgRemoveConsumer", { owner: by, consumerId: id }), { id, by });
    }
  }
  for (const newOwnerAddress of [
    " ",
    "x",
    first.address,
    first.address.toUpperCase(),
    first.operator,
    "osmo1pkptre7fdkl6gfrzlesjjvhxhlc3r4gm32kke3",
    AUTHORITY,
  ]) {
    updated("1", { newOwnerAddress });
    updated("6", { newOwnerAddress }, AUTHORITY);
    updated("6", { newOwnerAddress, powerShapingParameters: SHAPING }, AUTHORITY);
    updated("1", { newOwnerAddress, powerShapingParameters: { ...SHAPING, topN: 50 } });
  }

  const spoken = (name: string, fields: object): void => {
    for (const speaker of SPEAKERS)
      add(speaker.signer, provider(name, { ...speaker, ...fields }), { ...speaker, ...fields });
  };
  const rate = "100000000000000000";
  spoken("MsgOptIn", { consumerId: "1", consumerKey: "" });
  spoken("MsgOptOut", { consumerId: "1" });
  spoken("MsgAssignConsumerKey", { consumerId: "1", consumerKey: KEY_TEXTS.at(-1) });
  spoken("MsgSetConsumerCommissionRate", { consumerId: "1", rate });
  const validators = [main, first, second, third];
  for (const keys of validators)
    for (const consumerId of IDS)
      for (const [name, fields] of [
        ["MsgOptIn", {}],
        ["MsgOptOut", {}],
        ["MsgAssignConsumerKey", { consumerKey: KEY_TEXTS.at(-1) }],
        ["MsgSetConsumerCommissionRate", { rate }],
      ] as const)
        add(keys.address, validatorMessage(name, keys, { consumerId, ...fields }), {
          consumerId,
          of: keys.address,
          ...fields,
        });
  for (const keys of [first, second])
    for (const consumerKey of [...KEY_TEXTS, pubKeyJsonOf(main.consensusKey)])
      for (const consumerId of ["1", "2", "3"]) {
        add(keys.address, validatorMessage("MsgAssignConsumerKey", keys, { consumerId, consumerKey }), {
          consumerId,
          of: keys.name,
          consumerKey,
        });
        add(keys.address, validatorMessage("MsgOptIn", keys, { consumerId, consumerKey }), {
          consumerId,
          of: keys.name,
          consumerKey,
        });
      }
  for (const wire of [
    "0",
    "1",
    "49999999999999999",
    "50000000000000000",
    "1000000000000000000",
    "1000000000000000001",
    "-1",
    "",
    "x",
  ])
    add(
      first.address,
      validatorMessage("MsgSetConsumerCommissionRate", first, { consumerId: "1", rate: wire }),
      {
        rate: wire,
      },
    );

  const listed: readonly (readonly [add: readonly string[], remove: readonly string[]])[] = [
    [[], []],
    [["uatom", "uatom"], ["uatom2"]],
    [["uatom"], ["ustake"]],
    [["ustake"], ["nothing"]],
    [["uatom", "uosmo"], ["uosmo"]],
    [[], ["ustake", "ustake"]],
    [["a"], []],
    [["uatom"], ["1"]],
  ];
  for (const [denomsToAdd, denomsToRemove] of listed)
    for (const authority of [AUTHORITY, owner.address])
      add(authority, provider("MsgChangeRewardDenoms", { authority, denomsToAdd, denomsToRemove }), {
        denomsToAdd,
        denomsToRemove,
        authority,
      });
  for (const fields of PARAMS)
    add(
      AUTHORITY,
      provider("MsgUpdateParams", { authority: AUTHORITY, params: { ...params, ...fields } }),
      fields,
    );
  add(owner.address, provider("MsgUpdateParams", { authority: owner.address, params }), "by another");
  for (const consumerId of ["1", "99", "x"]) {
    const submitter = owner.address;
    add(submitter, provider("MsgSubmitConsumerMisbehaviour", { submitter, consumerId }), consumerId);
    add(submitter, provider("MsgSubmitConsumerDoubleVoting", { submitter, consumerId }), consumerId);
    add(submitter, provider("MsgSubmitConsumerMisbehaviour", { submitter, consumerId, misbehaviour: {} }), [
      consumerId,
      "empty",
    ]);
    add(
      submitter,
      provider("MsgSubmitConsumerDoubleVoting", {
        submitter,
        consumerId,
        duplicateVoteEvidence: {},
        infractionBlockHeader: {},
      }),
      [consumerId, "empty"],
    );
  }
  for (const name of ["MsgConsumerAddition", "MsgConsumerRemoval", "MsgConsumerModification"])
    add(AUTHORITY, provider(name, { authority: AUTHORITY, chainId: "old-1" }), "a message of old");
  return found;
}
