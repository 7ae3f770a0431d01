/** Randomly drawn acts of the provider: consumers, opt-ins, keys, commissions. */
import { nsToDuration } from "@tandem-ics/comet";
import { utf8 } from "@tandem-ics/crypto";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import type { Signatory } from "./crowd-sender.ts";
import { percentOf } from "./drawn-stake.ts";
import {
  type Act,
  amountOf,
  between,
  CAST,
  chance,
  codecs,
  consumerKeyOf,
  EXTRA,
  type KnownConsumer,
  VOUCHER,
  type World,
} from "./drawn-world.ts";
import type { Keys } from "./keys.ts";
import { initialization } from "./rich-state.ts";
import { AUTHORITY, FAR_NS, provider, SECOND_NS } from "./walk-kit.ts";

const { people, validators } = CAST;
/** At most so many consumers: an epoch's work grows with them. */
const MOST_CONSUMERS = 14;

const consensus = (keys: Keys): string => codecs.consensus.encode(keys.consensusAddress);
const one = (by: Signatory, ...messages: Act["messages"]): Act => ({ by: [by], messages });

/** A list of validators, most often none. */
function list({ random }: World): string[] {
  if (chance(random, 70)) return [];
  return Array.from({ length: between(random, 1, 6) }, () => consensus(random.pick(validators)));
}

/** Power shaping parameters; `topN` for those that governance may have. */
export const shaping = (world: World, topN = 0) => {
  const { random } = world;
  return {
    topN,
    validatorsPowerCap: random.pick([0, 0, 0, 5, 10, 20, 34, 100]),
    validatorSetCap: random.pick([0, 0, 0, 1, 2, 4, 7]),
    allowlist: list(world),
    denylist: list(world),
    prioritylist: list(world),
    minStake: random.pick([0n, 0n, 0n, amountOf(random, 200)]),
    allowInactiveVals: chance(random, 35),
  };
};

/** When a consumer begins: never, now, in some seconds. */
const spawnTime = ({ random, known }: World): bigint =>
  random.pick([
    FAR_NS,
    known.timeNs,
    known.timeNs + BigInt(between(random, 1, 4)) * SECOND_NS,
    known.timeNs + BigInt(between(random, 1, 8)) * SECOND_NS,
  ]);

/** Initialization parameters that lead to a launch sooner or later; seldom to one that fails. */
export const parameters = (world: World, chainId: string) => {
  const { random } = world;
  return {
    ...initialization(chainId, spawnTime(world)),
    ...(chance(random, 8) ? { initialHeight: { revisionNumber: 7n, revisionHeight: 3n } } : {}),
    ...(chance(random, 5) ? { connectionId: "connection-0" } : {}),
    ...(chance(random, 10)
      ? { unbondingPeriod: nsToDuration(BigInt(between(random, 1, 90)) * SECOND_NS) }
      : {}),
  };
};

const infractions = ({ random }: World) => ({
  doubleSign: {
    slashFraction: utf8(percentOf(random.pick([0, 1, 7, 50]))),
    jailDuration: nsToDuration(BigInt(between(random, 1, 9)) * SECOND_NS),
    tombstone: chance(random, 50),
  },
  downtime: {
    slashFraction: utf8(percentOf(random.pick([0, 1]))),
    jailDuration: nsToDuration(SECOND_NS),
    tombstone: false,
  },
});

const metadata = (world: World, name: string) => ({
  name,
  description: world.random.pick(["drawn", "other"]),
  metadata: "{}",
});

/** Creates a consumer; whatever may be left out is now and then. */
export function createConsumer(world: World, submitter: string) {
  const { random } = world;
  const chainId = random.pick([
    `drawn-${random.below(900)}-1`,
    `drawn-${random.below(5)}-2`,
    "plain",
    "other-7",
  ]);
  return provider("MsgCreateConsumer", {
    submitter,
    chainId,
    metadata: metadata(world, chainId),
    ...(chance(random, 85) ? { initializationParameters: parameters(world, chainId) } : {}),
    ...(chance(random, 80) ? { powerShapingParameters: shaping(world) } : {}),
    ...(chance(random, 30) ? { infractionParameters: infractions(world) } : {}),
    ...(chance(random, 30)
      ? { allowlistedRewardDenoms: { denoms: random.pick([[], [VOUCHER], [EXTRA, VOUCHER]]) } }
      : {}),
  });
}

/** Changes a consumer in some of its aspects. */
export function updateConsumer(world: World, consumer: KnownConsumer, owner: string, fields: object = {}) {
  const { random } = world;
  const launched =
    consumer.phase !== "CONSUMER_PHASE_REGISTERED" && consumer.phase !== "CONSUMER_PHASE_INITIALIZED";
  // A Go provider halts when the launch fails of a consumer whose initial height has another revision than its chain id.
  const [revision = ""] = /-[1-9]\d*$/.exec(consumer.chainId) ?? [];
  return provider("MsgUpdateConsumer", {
    owner,
    consumerId: consumer.id,
    ...(chance(random, 30) ? { metadata: metadata(world, "renamed") } : {}),
    ...(chance(random, launched ? 5 : 70)
      ? { initializationParameters: parameters(world, consumer.chainId) }
      : {}),
    ...(chance(random, 60) ? { powerShapingParameters: shaping(world) } : {}),
    ...(chance(random, 25) ? { infractionParameters: infractions(world) } : {}),
    ...(chance(random, 15) ? { allowlistedRewardDenoms: { denoms: [VOUCHER] } } : {}),
    ...(chance(random, 8) ? { newChainId: random.pick([`renamed${revision}`, consumer.chainId]) } : {}),
    ...fields,
  });
}

/** A consumer, or one that does not exist. */
export const someConsumer = (world: World): KnownConsumer =>
  world.known.consumers.length === 0 || chance(world.random, 4)
    ? { id: "99", chainId: "none-1", phase: "", owner: people[0]!.address, clientId: "", topN: 0 }
    : world.random.pick(world.known.consumers);

/** Who may send as an owner; somebody else, now and then. */
function ownerOf({ random }: World, { owner }: KnownConsumer): Keys {
  const known = people.find(({ address }) => address === owner);
  return known === undefined || chance(random, 6) ? random.pick(people) : known;
}

/** A validator that speaks for itself, the one that signs blocks among them. */
const speaker = ({ random, main, known }: World): Signatory & { operator: string; keys?: Keys } => {
  if (chance(random, 12)) return main;
  const present = known.validators.flatMap(({ keys }) => keys ?? []);
  const keys = present.length > 0 && !chance(random, 6) ? random.pick(present) : random.pick(validators);
  return { ...keys, keys };
};

/** Key of a consumer in JSON: of one's own, of somebody else's now and then. */
const keyFor = ({ random }: World, keys: Keys | undefined): string =>
  pubKeyJsonOf(
    (keys === undefined || chance(random, 12)
      ? random.pick([random.pick(validators), consumerKeyOf(random.pick(validators), random.below(4))])
      : consumerKeyOf(keys, random.below(4))
    ).consensusKey,
  );

/** Creates the consumers that are there from the start on. */
export const firstConsumers = (world: World): Act[] =>
  people.slice(0, 4).map((by) => one(by, createConsumer(world, by.address)));

/** Acts of the provider. */
export const PROVIDER_ACTS: readonly [number, (world: World) => Act][] = [
  [
    6,
    (world) => {
      const by = world.random.pick(people);
      return world.known.consumers.length < MOST_CONSUMERS
        ? one(by, createConsumer(world, by.address))
        : one(by, updateConsumer(world, someConsumer(world), by.address));
    },
  ],
  [
    9,
    (world) => {
      const consumer = someConsumer(world);
      const by = ownerOf(world, consumer);
      const heir = chance(world.random, 12)
        ? { newOwnerAddress: world.random.pick([AUTHORITY, world.random.pick(people).address]) }
        : {};
      return one(by, updateConsumer(world, consumer, by.address, heir));
    },
  ],
  [
    2,
    (world) => {
      const consumer = someConsumer(world);
      const by = ownerOf(world, consumer);
      return one(by, provider("MsgRemoveConsumer", { owner: by.address, consumerId: consumer.id }));
    },
  ],
  [
    20,
    (world) => {
      const by = speaker(world);
      const messages = Array.from({ length: between(world.random, 1, 4) }, () =>
        provider("MsgOptIn", {
          providerAddr: by.operator,
          consumerId: someConsumer(world).id,
          signer: by.address,
          consumerKey: chance(world.random, 35) ? keyFor(world, by.keys) : "",
        }),
      );
      return one(by, ...messages);
    },
  ],
  [
    5,
    (world) => {
      const by = speaker(world);
      return one(
        by,
        provider("MsgOptOut", {
          providerAddr: by.operator,
          consumerId: someConsumer(world).id,
          signer: by.address,
        }),
      );
    },
  ],
  [
    8,
    (world) => {
      const by = speaker(world);
      return one(
        by,
        provider("MsgAssignConsumerKey", {
          providerAddr: by.operator,
          consumerId: someConsumer(world).id,
          signer: by.address,
          consumerKey: keyFor(world, by.keys),
        }),
      );
    },
  ],
  [
    4,
    (world) => {
      const by = speaker(world);
      return one(
        by,
        provider("MsgSetConsumerCommissionRate", {
          providerAddr: by.operator,
          consumerId: someConsumer(world).id,
          signer: by.address,
          rate: percentOf(between(world.random, 0, 105)),
        }),
      );
    },
  ],
  [
    1,
    (world) => {
      const by = world.random.pick(people);
      return one(
        by,
        provider("MsgChangeRewardDenoms", {
          denomsToAdd: [EXTRA],
          denomsToRemove: [],
          authority: by.address,
        }),
      );
    },
  ],
];
