/** Randomly drawn governance: proposals that carry what only governance may send, deposits, votes. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient } from "@tandem-ics/client";
import { nsToDuration } from "@tandem-ics/comet";
import { codecOf, registeredType } from "@tandem-ics/proto";
import { createConsumer, shaping, updateConsumer } from "./drawn-provider.ts";
import { percentOf } from "./drawn-stake.ts";
import {
  type Act,
  amountOf,
  between,
  CAST,
  chance,
  EXTRA,
  maybeMangled,
  VOUCHER,
  type World,
} from "./drawn-world.ts";
import {
  AUTHORITY,
  bank,
  coin,
  distribution,
  gov,
  message,
  oldGov,
  packed,
  provider,
  SECOND_NS,
  slashing,
  staking,
  UNIT,
} from "./walk-kit.ts";

const { people, validators } = CAST;
const VOTERS = [...people, ...validators];
const KINDS = [
  ...["cosmos.staking.v1beta1", "cosmos.slashing.v1beta1", "cosmos.distribution.v1beta1"],
  ...["cosmos.mint.v1beta1", "cosmos.gov.v1", "cosmos.auth.v1beta1"],
] as const;
const PROVIDER_QUERY = "interchain_security.ccv.provider.v1";

/** Parameters of modules by their package, as they were at the start. */
export type KnownParams = ReadonlyMap<string, object>;

/** Asks for the parameters that proposals change. */
export async function learnParams(chain: ChainClient): Promise<KnownParams> {
  const found = new Map<string, object>();
  const read = async (kind: string, path: string, type: string): Promise<void> => {
    const { value } = await chain.comet.abciQuery({ path, data: new Uint8Array() });
    found.set(kind, (codecOf(type).decode(value) as { params: object }).params);
  };
  for (const kind of KINDS) await read(kind, `/${kind}.Query/Params`, `${kind}.QueryParamsResponse`);
  await read(PROVIDER_QUERY, `/${PROVIDER_QUERY}.Query/QueryParams`, `${PROVIDER_QUERY}.QueryParamsResponse`);
  return found;
}

/** What governance may decide, each with its own authority. */
function decision(world: World, params: KnownParams): EncodeObject {
  const { random, known } = world;
  const changed = (kind: string, fields: object) => ({
    authority: AUTHORITY,
    params: { ...params.get(kind)!, ...fields },
  });
  const consumers = known.consumers.filter(({ owner }) => owner === AUTHORITY);
  const topN = () => random.pick([0, 50, 67, 90, 95, 98, 100, between(random, 50, 100)]);
  const update = (): EncodeObject => {
    if (consumers.length === 0) return createConsumer(world, AUTHORITY);
    return updateConsumer(world, random.pick(consumers), AUTHORITY, {
      powerShapingParameters: shaping(world, topN()),
      ...(chance(random, 12) ? { newOwnerAddress: random.pick(people).address } : {}),
    });
  };
  return random.pick<() => EncodeObject>([
    update,
    update,
    update,
    update,
    () => createConsumer(world, AUTHORITY),
    () =>
      provider("MsgRemoveConsumer", {
        owner: AUTHORITY,
        consumerId: consumers.length === 0 ? "0" : random.pick(consumers).id,
      }),
    () =>
      provider("MsgUpdateParams", {
        ...changed(PROVIDER_QUERY, {
          blocksPerEpoch: BigInt(between(random, 1, 7)),
          maxProviderConsensusValidators: BigInt(between(random, 3, 15)),
          numberOfEpochsToStartReceivingRewards: BigInt(between(random, 1, 5)),
        }),
      }),
    () =>
      provider("MsgChangeRewardDenoms", {
        authority: AUTHORITY,
        denomsToAdd: random.pick([[EXTRA], [VOUCHER, EXTRA], []]),
        denomsToRemove: random.pick([[], [VOUCHER], ["nothing"]]),
      }),
    () =>
      staking(
        "MsgUpdateParams",
        changed("cosmos.staking.v1beta1", {
          maxValidators: between(random, 4, 16),
          maxEntries: between(random, 2, 8),
          historicalEntries: between(random, 0, 20),
          minCommissionRate: percentOf(between(random, 0, 12)),
          unbondingTime: nsToDuration(BigInt(between(random, 8, 25)) * SECOND_NS),
        }),
      ),
    () =>
      slashing(
        "MsgUpdateParams",
        changed("cosmos.slashing.v1beta1", {
          signedBlocksWindow: BigInt(between(random, 10, 70)),
          slashFractionDowntime: Buffer.from(percentOf(between(random, 0, 9))),
        }),
      ),
    () =>
      distribution(
        "MsgUpdateParams",
        changed("cosmos.distribution.v1beta1", { communityTax: percentOf(between(random, 0, 40)) }),
      ),
    () =>
      distribution("MsgCommunityPoolSpend", {
        authority: AUTHORITY,
        recipient: random.pick(VOTERS).address,
        amount: [coin(random.pick([1n, amountOf(random), 10n ** 24n]))],
      }),
    () =>
      message(
        "/cosmos.mint.v1beta1.MsgUpdateParams",
        changed("cosmos.mint.v1beta1", { blocksPerYear: BigInt(between(random, 1000, 9_000_000)) }),
      ),
    () =>
      gov(
        "MsgUpdateParams",
        changed("cosmos.gov.v1", { quorum: `0.${between(random, 100, 900)}000000000000000` }),
      ),
    () =>
      message(
        "/cosmos.auth.v1beta1.MsgUpdateParams",
        changed("cosmos.auth.v1beta1", { txSizeCostPerByte: BigInt(between(random, 5, 15)) }),
      ),
    () =>
      bank("MsgSetSendEnabled", {
        authority: AUTHORITY,
        sendEnabled: [{ denom: EXTRA, enabled: chance(random, 50) }],
        useDefaultFor: random.pick([[], [EXTRA], ["nothing"]]),
      }),
    () =>
      message("/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade", {
        authority: AUTHORITY,
        plan: { name: "later", height: 1_000_000n, info: "" },
      }),
    () => message("/cosmos.upgrade.v1beta1.MsgCancelUpgrade", { authority: AUTHORITY }),
    () =>
      message("/ibc.core.client.v1.MsgRecoverClient", {
        signer: AUTHORITY,
        subjectClientId: "07-tendermint-0",
        substituteClientId: "07-tendermint-1",
      }),
    () => bank("MsgSend", { fromAddress: AUTHORITY, toAddress: people[0]!.address, amount: [coin(UNIT)] }),
  ])();
}

const one = (by: Act["by"][number], ...messages: EncodeObject[]): Act => ({ by: [by], messages });

function proposal(world: World, params: KnownParams): Act {
  const { random } = world;
  const by = random.pick(people);
  const deposit = random.pick([0n, UNIT, 10n * UNIT, 10n * UNIT, 10n * UNIT, 10n * UNIT, 50n * UNIT]);
  const initialDeposit = deposit === 0n ? [] : [coin(deposit)];
  if (chance(random, 8))
    return one(
      by,
      oldGov("MsgSubmitProposal", {
        content: {
          typeUrl: "/cosmos.gov.v1beta1.TextProposal",
          value: registeredType("/cosmos.gov.v1beta1.TextProposal")
            .codec.encode({ title: "text", description: "drawn" } as never)
            .finish(),
        },
        initialDeposit,
        proposer: by.address,
      }),
    );
  const decisions = Array.from({ length: between(random, 0, 3) }, () => decision(world, params));
  return one(
    by,
    gov("MsgSubmitProposal", {
      // Odd parameters could stop both chains, which would tell nothing.
      messages: decisions.map((inner) =>
        packed(inner.typeUrl.endsWith("Params") ? inner : maybeMangled(world, inner)),
      ),
      initialDeposit,
      proposer: by.address,
      metadata: random.pick(["", "drawn"]),
      title: "drawn",
      summary: "drawn",
      expedited: chance(random, 25),
    }),
  );
}

const someProposal = ({ random, known }: World, ids: readonly bigint[]): bigint =>
  ids.length === 0 || chance(random, 8)
    ? BigInt(random.below(Number(known.proposals) + 3))
    : random.pick(ids);

const weights = (world: World): { option: number; weight: string }[] => {
  const first = between(world.random, 1, 9);
  return [
    { option: 1, weight: `0.${first}00000000000000000` },
    { option: between(world.random, 2, 4), weight: `0.${10 - first}00000000000000000` },
  ];
};

/** Acts of governance. */
export const govActs = (params: KnownParams): readonly [number, (world: World) => Act][] => [
  [10, (world) => proposal(world, params)],
  [
    3,
    (world) => {
      const by = world.random.pick(people);
      return one(
        by,
        gov("MsgDeposit", {
          proposalId: someProposal(world, world.known.deposits),
          depositor: by.address,
          amount: [coin(world.random.pick([UNIT, 10n * UNIT, 1000n]))],
        }),
      );
    },
  ],
  [
    8,
    (world) => {
      const by = world.random.pick(VOTERS);
      const vote = { proposalId: someProposal(world, world.known.votes), voter: by.address, metadata: "" };
      return one(
        by,
        chance(world.random, 30)
          ? gov("MsgVoteWeighted", { ...vote, options: weights(world) })
          : gov("MsgVote", { ...vote, option: world.random.pick([1, 1, 2, 3, 4]) }),
      );
    },
  ],
  [
    2,
    (world) => {
      const by = world.random.pick(people);
      const proposalId = someProposal(world, [...world.known.votes, ...world.known.deposits]);
      return one(by, gov("MsgCancelProposal", { proposalId, proposer: by.address }));
    },
  ],
];

/** Votes of the one whose vote decides, on all proposals that wait for it. */
export const decidingVotes = ({ random, known, main }: World): EncodeObject[] =>
  known.votes.map((proposalId) =>
    gov("MsgVote", {
      proposalId,
      voter: main.address,
      option: chance(random, 80) ? 1 : between(random, 2, 4),
      metadata: "",
    }),
  );
