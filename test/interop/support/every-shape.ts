/**
 * A provider with thirteen validators beside the one that signs, some of them too weak to be active, and with consumers of
 * every kind: caps, lists, minimum stake, top N, and what several of these come to together. Stake, consent, keys and
 * parameters change over many epochs.
 */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient, TxResult, TxSender } from "@tandem-ics/client";
import { nsToDuration } from "@tandem-ics/comet";
import { utf8 } from "@tandem-ics/crypto";
import { codecOf } from "@tandem-ics/proto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import { createValidatorMessage } from "./go-validators.ts";
import { type Keys, keysOf } from "./keys.ts";
import { initialization } from "./rich-state.ts";
import {
  AUTHORITY,
  coin,
  gov,
  packed,
  payingSender,
  provider,
  SECOND_NS,
  staking,
  TENTH,
  UNIT,
} from "./walk-kit.ts";

/** Stakes of the thirteen, in units of power; equal ones are told apart by what else the chain sorts by. */
const STAKES = [333n, 200n, 200n, 150n, 77n, 60n, 60n, 41n, 33n, 20n, 15n, 15n, 7n];
/** The thirteen. */
export const VALIDATORS: readonly Keys[] = STAKES.map((_, i) => keysOf(`shape ${i}`));
/** Who owns consumers and delegates. */
export const OWNER = keysOf("shape owner");
const FAR_NS = 4_102_444_800n * SECOND_NS;
const YES = 1;

const codecs = createAddressCodecs(PROVIDER_PREFIX);
const consensus = (i: number): string => codecs.consensus.encode(VALIDATORS[i]!.consensusAddress);
const list = (...indices: number[]): string[] => indices.map(consensus);

interface Shape {
  readonly topN?: number;
  readonly validatorsPowerCap?: number;
  readonly validatorSetCap?: number;
  readonly allowlist?: string[];
  readonly denylist?: string[];
  readonly prioritylist?: string[];
  readonly minStake?: bigint;
  readonly allowInactiveVals?: boolean;
}

const SHAPES: readonly Shape[] = [
  {},
  { validatorSetCap: 3 },
  { validatorsPowerCap: 10 },
  { validatorsPowerCap: 34, validatorSetCap: 5 },
  { allowlist: list(0, 2, 4, 6, 8, 10, 12), validatorsPowerCap: 20 },
  { denylist: list(1, 3), validatorSetCap: 6 },
  { allowlist: list(0, 1, 2, 3, 4), denylist: list(1, 2), validatorsPowerCap: 45 },
  { prioritylist: list(7, 5, 3), validatorSetCap: 4, validatorsPowerCap: 40 },
  { minStake: 41n * UNIT, validatorsPowerCap: 12 },
  { allowInactiveVals: true, validatorsPowerCap: 9 },
  { allowInactiveVals: true, prioritylist: list(12, 11, 0), validatorSetCap: 7, minStake: 15n * UNIT },
  { topN: 50 },
  { topN: 90, validatorsPowerCap: 34 },
  { topN: 95, denylist: list(0), minStake: 60n * UNIT },
  { topN: 100, validatorSetCap: 2, allowlist: list(0, 1, 2, 3, 4, 5), validatorsPowerCap: 25 },
];

/** What the same consumers are changed to later, by their place in the list. */
const LATER: Readonly<Record<number, Shape>> = {
  0: { validatorsPowerCap: 15, prioritylist: list(9) },
  1: { validatorSetCap: 1 },
  2: { validatorsPowerCap: 5 },
  5: { denylist: list(0, 2, 4), validatorSetCap: 0 },
  9: { allowInactiveVals: false, validatorsPowerCap: 100 },
};

/** How far a top N consumer is taken by a second proposal; 0 gives it back to its owner. */
const LATER_TOP_N: Readonly<Record<number, number>> = { 11: 97, 12: 55, 13: 0 };

const shaping = (shape: Shape) => ({
  topN: 0,
  validatorsPowerCap: 0,
  validatorSetCap: 0,
  allowlist: [],
  denylist: [],
  prioritylist: [],
  minStake: 0n,
  allowInactiveVals: false,
  ...shape,
});
const isTopN = (id: number): boolean => (SHAPES[id]!.topN ?? 0) > 0;
const chainIdOf = (id: number): string => `shaped-${id}-1`;
const IDS = SHAPES.map((_, id) => id);

/** The validator that signs, with an operator that can send. */
export interface Main {
  readonly operator: string;
  readonly sender: TxSender;
}

/** Walks through the epochs. Gives how many transactions were sent. */
export async function walkShapes(chain: ChainClient, main: Main): Promise<number> {
  const senders = new Map<Keys, TxSender>(
    [OWNER, ...VALIDATORS].map((keys) => [keys, payingSender(chain, keys)]),
  );
  let sent = 0;
  async function confirmed(sender: TxSender, hash: string, mayFail = false): Promise<TxResult> {
    const result = await sender.confirm(hash);
    sent++;
    if (result.code !== 0 && !mayFail)
      throw new Error(`refused: ${result.codespace}/${result.code} ${result.log}`);
    return result;
  }
  const submit = (from: Keys, messages: EncodeObject[]) => senders.get(from)!.submit(messages);
  const send = async (from: Keys, ...messages: EncodeObject[]) =>
    confirmed(senders.get(from)!, await submit(from, messages));
  /** Each of its own account, into the same blocks. */
  async function together(build: (keys: Keys, i: number) => EncodeObject[], mayFail = false): Promise<void> {
    const jobs = VALIDATORS.map((keys, i) => ({ keys, messages: build(keys, i) })).filter(
      ({ messages }) => messages.length > 0,
    );
    const hashes = await Promise.all(jobs.map(({ keys, messages }) => submit(keys, messages)));
    for (const [i, hash] of hashes.entries()) await confirmed(senders.get(jobs[i]!.keys)!, hash, mayFail);
  }
  const epochs = async (count: bigint): Promise<void> => {
    const { height } = await chain.status();
    for (let at = height; at < height + 3n * count; ) at = await chain.pace.after(at);
  };
  async function decide(title: string, messages: EncodeObject[]): Promise<void> {
    const { events } = await send(
      OWNER,
      gov("MsgSubmitProposal", {
        messages: messages.map(packed),
        initialDeposit: [coin(10n * UNIT)],
        proposer: OWNER.address,
        title,
        summary: title,
      }),
    );
    const found = events.find(({ type }) => type === "submit_proposal")!;
    const proposalId = BigInt(found.attributes.find(({ key }) => key === "proposal_id")!.value);
    const vote = gov("MsgVote", { proposalId, voter: main.sender.address, option: YES });
    await confirmed(main.sender, await main.sender.submit([vote]));
    await epochs(12n);
  }

  await together((keys, i) => [createValidatorMessage(keys, STAKES[i]! * UNIT)]);

  const create = (id: number) =>
    provider("MsgCreateConsumer", {
      submitter: OWNER.address,
      chainId: chainIdOf(id),
      metadata: { name: `shape ${id}`, description: "shaped", metadata: "{}" },
      initializationParameters: initialization(chainIdOf(id), FAR_NS),
      powerShapingParameters: shaping(isTopN(id) ? {} : SHAPES[id]!),
    });
  await send(OWNER, ...IDS.slice(0, 8).map(create));
  await send(OWNER, ...IDS.slice(8).map(create));

  const optIn = (keys: Keys, id: number, key?: Uint8Array) =>
    provider("MsgOptIn", {
      providerAddr: keys.operator,
      consumerId: String(id),
      signer: keys.address,
      consumerKey: key === undefined ? "" : pubKeyJsonOf(key),
    });
  const optOut = (keys: Keys, id: number) =>
    provider("MsgOptOut", { providerAddr: keys.operator, consumerId: String(id), signer: keys.address });
  const assign = (keys: Keys, id: number, use: string) =>
    provider("MsgAssignConsumerKey", {
      providerAddr: keys.operator,
      consumerId: String(id),
      signer: keys.address,
      consumerKey: pubKeyJsonOf(keysOf(`${keys.name} ${id} ${use}`).consensusKey),
    });
  await together((keys, i) =>
    IDS.filter((id) => (i + id) % 3 !== 0).map((id) =>
      optIn(keys, id, (i + id) % 4 === 0 ? keysOf(`${keys.name} ${id}`).consensusKey : undefined),
    ),
  );
  await confirmed(
    main.sender,
    await main.sender.submit(
      [0, 2, 3, 9, 11].map((id) =>
        provider("MsgOptIn", {
          providerAddr: main.operator,
          consumerId: String(id),
          signer: main.sender.address,
          consumerKey: "",
        }),
      ),
    ),
  );
  await together((keys, i) =>
    i % 2 === 0
      ? []
      : [
          provider("MsgSetConsumerCommissionRate", {
            providerAddr: keys.operator,
            consumerId: String(i),
            rate: `${TENTH}`.replace(/^1/, "3"),
            signer: keys.address,
          }),
        ],
  );

  const { timeNs } = await chain.status();
  const spawn = (owner: string, id: number, shape?: Shape) =>
    provider("MsgUpdateConsumer", {
      owner,
      consumerId: String(id),
      initializationParameters: initialization(chainIdOf(id), timeNs),
      ...(shape === undefined ? {} : { powerShapingParameters: shaping(shape) }),
    });
  await send(OWNER, ...IDS.filter((id) => !isTopN(id)).map((id) => spawn(OWNER.address, id)));
  await send(
    OWNER,
    ...IDS.filter(isTopN).map((id) =>
      provider("MsgUpdateConsumer", {
        owner: OWNER.address,
        consumerId: String(id),
        newOwnerAddress: AUTHORITY,
      }),
    ),
  );
  await decide(
    "top N",
    IDS.filter(isTopN).map((id) => spawn(AUTHORITY, id, SHAPES[id]!)),
  );

  const operator = (i: number): string => VALIDATORS[i % VALIDATORS.length]!.operator;
  for (let round = 0; round < 6; round++) {
    const amount = (units: number) => coin(BigInt(units) * UNIT + BigInt(round * 137_777));
    await send(
      OWNER,
      ...[0, 3, 7].map((step) =>
        staking("MsgDelegate", {
          delegatorAddress: OWNER.address,
          validatorAddress: operator(round * 5 + step),
          amount: amount(1 + ((round * 7 + step * 11) % 40)),
        }),
      ),
    );
    await together((keys, i) => {
      const id = (i * 5 + round * 3) % SHAPES.length;
      if ((i + round) % 4 === 0) return [optOut(keys, id)];
      if ((i + round) % 4 === 1) return [optIn(keys, id)];
      return (i + round) % 4 === 2 ? [assign(keys, id, `round ${round}`)] : [];
    }, true);
    await send(
      OWNER,
      staking("MsgBeginRedelegate", {
        delegatorAddress: OWNER.address,
        validatorSrcAddress: operator(round * 5),
        validatorDstAddress: operator(round * 3 + 6),
        amount: coin(UNIT / 2n),
      }),
      staking("MsgUndelegate", {
        delegatorAddress: OWNER.address,
        validatorAddress: operator(round * 5 + 3),
        amount: coin(UNIT + 1n),
      }),
    ).catch((error: unknown) => {
      // A redelegation on the way to where the next one starts is refused, which is an answer as good as any.
      if (!String(error).includes("refused: staking")) throw error;
    });
    await epochs(2n);
  }

  await send(
    OWNER,
    ...Object.entries(LATER).map(([id, shape]) =>
      provider("MsgUpdateConsumer", {
        owner: OWNER.address,
        consumerId: id,
        powerShapingParameters: shaping(shape),
        infractionParameters: {
          doubleSign: {
            slashFraction: utf8(TENTH),
            jailDuration: nsToDuration(600n * SECOND_NS),
            tombstone: true,
          },
          downtime: {
            slashFraction: utf8("10000000000000000"),
            jailDuration: nsToDuration(60n * SECOND_NS),
            tombstone: false,
          },
        },
      }),
    ),
  );
  await epochs(2n);
  const query = await chain.comet.abciQuery({
    path: "/interchain_security.ccv.provider.v1.Query/QueryParams",
    data: new Uint8Array(),
  });
  const { params } = codecOf("interchain_security.ccv.provider.v1.QueryParamsResponse").decode(
    query.value,
  ) as {
    params: object;
  };
  const paramsMessage = (maxProviderConsensusValidators: bigint) =>
    provider("MsgUpdateParams", {
      authority: AUTHORITY,
      params: { ...params, maxProviderConsensusValidators },
    });
  await decide("fewer are active, and other top N", [
    ...Object.entries(LATER_TOP_N).map(([id, topN]) =>
      provider("MsgUpdateConsumer", {
        owner: AUTHORITY,
        consumerId: id,
        powerShapingParameters: shaping({ ...SHAPES[Number(id)]!, topN }),
        ...(topN === 0 ? { newOwnerAddress: OWNER.address } : {}),
      }),
    ),
    paramsMessage(6n),
  ]);
  await together((keys, i) => [optOut(keys, 11 + (i % 4))], true);
  await epochs(2n);
  await send(
    OWNER,
    ...[1, 4].map((id) => provider("MsgRemoveConsumer", { owner: OWNER.address, consumerId: String(id) })),
  );
  await decide("more are active", [paramsMessage(12n)]);
  await epochs(6n);
  return sent;
}
