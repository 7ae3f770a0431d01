/** A Go provider whose consumers are in every phase, with keys, opt-ins, commissions and lists: what queries tell of. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import type { ChainClient, TxSender } from "@tandem-ics/client";
import { createTxSender } from "@tandem-ics/client";
import { encodeAny, nsToDuration, registeredType } from "@tandem-ics/proto";
import { createAddressCodecs, moduleAddress } from "@tandem-ics/runtime";
import { PROVIDER_PREFIX } from "../harness/accounts.ts";
import { STAKE } from "../harness/go-chain.ts";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import { createValidatorMessage } from "./go-validators.ts";
import { type Keys, keysOf } from "./keys.ts";
import { initialization } from "./rich-state.ts";

const GAS = 60_000_000n;
const SECOND_NS = 1_000_000_000n;
const UNIT = 1_000_000n;
/** 2100-01-01. */
const FAR_NS = 4_102_444_800n * SECOND_NS;
const PROVIDER = "/interchain_security.ccv.provider.v1";
const VOUCHER = "ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2";

/** Addresses of the provider. */
export const codecs = createAddressCodecs(PROVIDER_PREFIX);
/** Governance's account. */
export const AUTHORITY = codecs.account.encode(moduleAddress("gov"));

/** Who takes part beside the validator that signs; all have funds at genesis. */
export const CAST = {
  owner: keysOf("states owner"),
  first: keysOf("states first"),
  second: keysOf("states second"),
  third: keysOf("states third"),
} as const;

/** Consensus keys that validators use on consumers. */
export const CONSUMER_KEYS = {
  first: keysOf("states first on running"),
  firstLater: keysOf("states first on running, later"),
  second: keysOf("states second on waiting"),
} as const;

/** Ids of the consumers by what becomes of them. */
export const CONSUMERS = {
  deleted: "0",
  launched: "1",
  initialized: "2",
  registered: "3",
  failed: "4",
  stopped: "5",
  topN: "6",
} as const;

/** How many consumers there are: enough that ids of one and of two digits meet. */
export const CONSUMER_COUNT = 12;

/** A message by type URL and the fields that matter. */
export const message = (typeUrl: string, fields: object): EncodeObject => ({
  typeUrl,
  value: registeredType(typeUrl).codec.fromPartial(fields as never),
});

/** A message of the provider module. */
export const provider = (name: string, fields: object): EncodeObject =>
  message(`${PROVIDER}.${name}`, fields);

/** Consensus address of a validator. */
export const consensusOf = ({ consensusAddress }: Keys): string => codecs.consensus.encode(consensusAddress);

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

/** A MsgCreateConsumer of the owner. */
export const createConsumer = (chainId: string, fields: object = {}): EncodeObject =>
  provider("MsgCreateConsumer", {
    submitter: CAST.owner.address,
    chainId,
    metadata: { name: chainId, description: `the <${chainId}> & more`, metadata: '{"stage":"test"}' },
    powerShapingParameters: SHAPING,
    ...fields,
  });

/** A MsgUpdateConsumer of the owner. */
export const updateConsumer = (consumerId: string, fields: object = {}): EncodeObject =>
  provider("MsgUpdateConsumer", { owner: CAST.owner.address, consumerId, ...fields });

/** A message by which a validator speaks for itself. */
export const validatorMessage = (
  name: string,
  keys: Pick<Keys, "address" | "operator">,
  fields: object,
): EncodeObject => provider(name, { providerAddr: keys.operator, signer: keys.address, ...fields });

/** Sends for an account with gas enough for anything. */
export const boundSender = (chain: ChainClient, { signer, address }: Keys): TxSender =>
  createTxSender({
    chainId: chain.chainId,
    rpc: chain.rpc,
    comet: chain.comet,
    signer,
    address,
    pace: chain.pace,
    gas: { kind: "fixed", limit: GAS },
  });

/** The chain, and the validator that signs and holds nearly all power. */
export interface Stage {
  readonly chain: ChainClient;
  readonly main: { readonly operator: string; readonly sender: TxSender };
}

/** Brings consumers into every phase. Throws when a transaction fails. */
export async function makeStates({ chain, main }: Stage): Promise<void> {
  const { owner, first, second, third } = CAST;
  const by = (keys: Keys): TxSender => boundSender(chain, keys);
  const [owning, firstSends, secondSends] = [by(owner), by(first), by(second)];
  const mainKeys = { address: main.sender.address, operator: main.operator };
  const blocks = async (count: bigint): Promise<void> => {
    const { height } = await chain.status();
    for (let at = height; at < height + count; ) at = await chain.pace.after(at);
  };
  const phaseOf = async (consumerId: string): Promise<string> =>
    (await chain.query.provider.QueryConsumerChain({ consumerId })).phase;
  /** Blocks go by until the consumer is there; throws after too many of them. */
  const reaches = async (consumerId: string, phase: string): Promise<void> => {
    for (let i = 0; (await phaseOf(consumerId)) !== `CONSUMER_PHASE_${phase}`; i++) {
      if (i > 200) throw new Error(`consumer ${consumerId} is ${await phaseOf(consumerId)}, not ${phase}`);
      await blocks(1n);
    }
  };
  const far = (chainId: string) => ({ initializationParameters: initialization(chainId, FAR_NS) });
  const spawn = (consumerId: string, chainId: string, nowNs: bigint, fields: object = {}): EncodeObject =>
    updateConsumer(consumerId, { initializationParameters: initialization(chainId, nowNs), ...fields });

  await Promise.all(
    [first, second, third].map((keys, i) =>
      by(keys).send([createValidatorMessage(keys, BigInt(30 - 10 * i) * UNIT)]),
    ),
  );
  await owning.send([
    createConsumer("deleted-1", far("deleted-1")),
    createConsumer("launched-1", {
      ...far("launched-1"),
      powerShapingParameters: { ...SHAPING, validatorsPowerCap: 60, validatorSetCap: 9 },
      allowlistedRewardDenoms: { denoms: [VOUCHER, STAKE] },
    }),
    createConsumer("initialized-1", {
      ...far("initialized-1"),
      powerShapingParameters: {
        ...SHAPING,
        minStake: 5n,
        allowInactiveVals: true,
        allowlist: [first, second, third].map(consensusOf),
        denylist: [consensusOf(first), consensusOf(keysOf("states nobody"))],
        prioritylist: [consensusOf(third), consensusOf(second)],
      },
    }),
    createConsumer("registered-1"),
    createConsumer("failed-1", far("failed-1")),
    createConsumer("stopped-1", far("stopped-1")),
    createConsumer("top-1", far("top-1")),
    ...Array.from({ length: CONSUMER_COUNT - 7 }, () => createConsumer("twin-1")),
  ]);
  const optIn = (keys: Pick<Keys, "address" | "operator">, consumerId: string, key?: Keys): EncodeObject =>
    validatorMessage("MsgOptIn", keys, {
      consumerId,
      consumerKey: key === undefined ? "" : pubKeyJsonOf(key.consensusKey),
    });
  const rate = (keys: Keys, consumerId: string, wire: string): EncodeObject =>
    validatorMessage("MsgSetConsumerCommissionRate", keys, { consumerId, rate: wire });
  await Promise.all([
    main.sender.send(["0", "1", "2", "5"].map((id) => optIn(mainKeys, id))),
    firstSends.send([
      optIn(first, "0", keysOf("states first on deleted")),
      optIn(first, "1", CONSUMER_KEYS.first),
      optIn(first, "2"),
      rate(first, "1", "250000000000000000"),
      rate(first, "3", "1000000000000000000"),
    ]),
    secondSends.send([
      optIn(second, "1"),
      optIn(second, "2", CONSUMER_KEYS.second),
      rate(second, "2", "120000000000000001"),
      validatorMessage("MsgAssignConsumerKey", second, {
        consumerId: "3",
        consumerKey: pubKeyJsonOf(keysOf("states second on registered").consensusKey),
      }),
    ]),
    by(third).send([optIn(third, "1"), optIn(third, "2"), optIn(third, "10")]),
  ]);
  const { timeNs } = await chain.status();
  await owning.send([
    spawn("0", "deleted-1", timeNs),
    spawn("1", "launched-1", timeNs, {
      infractionParameters: {
        doubleSign: undefined,
        downtime: {
          slashFraction: new TextEncoder().encode("10000000000000000"),
          jailDuration: nsToDuration(1_500_000_000n),
          tombstone: false,
        },
      },
    }),
    spawn("4", "failed-1", timeNs),
    spawn("5", "stopped-1", timeNs),
    updateConsumer("6", { newOwnerAddress: AUTHORITY }),
  ]);
  const topN = provider("MsgUpdateConsumer", {
    owner: AUTHORITY,
    consumerId: CONSUMERS.topN,
    initializationParameters: initialization("top-1", timeNs),
    powerShapingParameters: { ...SHAPING, topN: 60 },
  });
  const denoms = provider("MsgChangeRewardDenoms", {
    authority: AUTHORITY,
    denomsToAdd: ["ustake", VOUCHER],
    denomsToRemove: ["nothing"],
  });
  await owning.send([
    message("/cosmos.gov.v1.MsgSubmitProposal", {
      messages: [topN, denoms].map(({ typeUrl, value }) => encodeAny(typeUrl, value)),
      initialDeposit: [{ denom: STAKE, amount: (10n * UNIT).toString() }],
      proposer: owner.address,
      metadata: "",
      title: "top N",
      summary: "makes it one",
      expedited: false,
    }),
  ]);
  await main.sender.send([
    message("/cosmos.gov.v1.MsgVote", {
      proposalId: 1n,
      voter: main.sender.address,
      option: 1,
      metadata: "",
    }),
  ]);
  for (const id of ["0", "1", "5"]) await reaches(id, "LAUNCHED");
  await owning.send([
    provider("MsgRemoveConsumer", { owner: owner.address, consumerId: CONSUMERS.deleted }),
    updateConsumer("1", {
      infractionParameters: {
        doubleSign: {
          slashFraction: new TextEncoder().encode("70000000000000000"),
          jailDuration: nsToDuration(2n ** 63n - 1n),
          tombstone: true,
        },
        downtime: undefined,
      },
    }),
  ]);
  await firstSends.send([
    validatorMessage("MsgAssignConsumerKey", first, {
      consumerId: "1",
      consumerKey: pubKeyJsonOf(CONSUMER_KEYS.firstLater.consensusKey),
    }),
  ]);
  await secondSends.send([validatorMessage("MsgOptOut", second, { consumerId: "1" })]);
  await reaches(CONSUMERS.topN, "LAUNCHED");
  await reaches(CONSUMERS.deleted, "DELETED");
  await owning.send([provider("MsgRemoveConsumer", { owner: owner.address, consumerId: CONSUMERS.stopped })]);
  await blocks(2n);
}
