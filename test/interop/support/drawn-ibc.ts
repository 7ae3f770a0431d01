/**
 * Randomly drawn acts of IBC: a consumer's validators sign headers of a chain that nobody runs, good and conflicting ones;
 * handshakes begin, and transfers over channels that are not open.
 */
import { forgeHeader } from "@tandem-ics/client";
import {
  absentCommitSig,
  BLOCK_ID_FLAG,
  commitVoteSignBytes,
  ed25519Key,
  headerHash,
  makeValidator,
  newValidatorSet,
  type ValidatorSet,
  validatorSetHash,
  validatorSetToProto,
} from "@tandem-ics/comet";
import { ed25519Sign, sha256, toHex, utf8 } from "@tandem-ics/crypto";
import { encodeAny, nsToTimestamp, timestampToNs } from "@tandem-ics/proto";
import {
  type Header as ClientHeader,
  ClientState,
  ConsensusState,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { type Commit, Header } from "cosmjs-types/tendermint/types/types";
import { someConsumer } from "./drawn-provider.ts";
import {
  type Act,
  between,
  CAST,
  chance,
  type KnownConsumer,
  SEEDS,
  UNIT,
  type World,
} from "./drawn-world.ts";
import { coin, message, provider, SECOND_NS } from "./walk-kit.ts";

const { people } = CAST;
const CLIENT = "/ibc.core.client.v1";
const TENDERMINT = "/ibc.lightclients.tendermint.v1";

/** A header that follows the one that the client trusts, signed by all validators whose keys there are. */
function signedHeader(
  chainId: string,
  set: ValidatorSet,
  { height, timeNs }: { readonly height: bigint; readonly timeNs: bigint },
) {
  const hash = (of: string): Uint8Array => sha256(utf8(`${of} of ${chainId}/${height}`));
  const validators = validatorSetHash(set);
  const header = Header.fromPartial({
    version: { block: 11n, app: 0n },
    chainId,
    height,
    time: nsToTimestamp(timeNs),
    lastBlockId: { hash: hash("last"), partSetHeader: { total: 1, hash: hash("last parts") } },
    lastCommitHash: hash("commit"),
    dataHash: hash("data"),
    validatorsHash: validators,
    nextValidatorsHash: validators,
    consensusHash: hash("params"),
    appHash: hash("app"),
    lastResultsHash: hash("results"),
    evidenceHash: hash("evidence"),
    proposerAddress: set.validators[0]!.address,
  });
  const keysOf = (i: number) => SEEDS.get(toHex(set.validators[i]!.pubKey.ed25519 ?? new Uint8Array()));
  const unsigned: Commit = {
    height,
    round: 0,
    blockId: { hash: headerHash(header), partSetHeader: { total: 1, hash: hash("parts") } },
    signatures: set.validators.map(({ address }, i) =>
      keysOf(i) === undefined
        ? absentCommitSig()
        : {
            blockIdFlag: BLOCK_ID_FLAG.commit,
            validatorAddress: address,
            timestamp: header.time,
            signature: new Uint8Array(64),
          },
    ),
  };
  const signatures = unsigned.signatures.map((slot, i) => {
    const keys = keysOf(i);
    if (keys === undefined) return slot;
    return { ...slot, signature: ed25519Sign(keys.seed, commitVoteSignBytes(chainId, unsigned, i)) };
  });
  return { header, commit: { ...unsigned, signatures } };
}

/** A header for the client of a launched consumer; `undefined` when there is none to be had. */
async function headerFor({ chain, random }: World, consumer: KnownConsumer) {
  const { clientId, chainId, id } = consumer;
  if (clientId === "") return undefined;
  const { genesisState } = await chain.query.provider.QueryConsumerGenesis({ consumerId: id });
  const { clientState } = await chain.query.ibcClient.ClientState({ clientId });
  const { latestHeight: trustedHeight } = ClientState.decode(clientState!.value);
  const { consensusState } = await chain.query.ibcClient.ConsensusState({
    clientId,
    ...trustedHeight,
    latestHeight: true,
  });
  const members = genesisState!.provider.initialValSet.flatMap(({ pubKey, power }) =>
    pubKey?.ed25519 === undefined ? [] : [makeValidator(ed25519Key(pubKey.ed25519), power)],
  );
  if (members.length === 0) return undefined;
  const set = newValidatorSet(members);
  const trustedNs = timestampToNs(ConsensusState.decode(consensusState!.value).timestamp);
  const at = {
    height: trustedHeight.revisionHeight + BigInt(between(random, 1, 3)),
    timeNs: trustedNs + BigInt(random.pick([1, 1, 1, 2, 30, -1])) * SECOND_NS,
  };
  const header: ClientHeader = {
    signedHeader: signedHeader(chainId, set, at),
    validatorSet: validatorSetToProto(set),
    trustedHeight,
    trustedValidators: validatorSetToProto(set),
  };
  const able = set.validators.flatMap(
    ({ pubKey }) => SEEDS.get(toHex(pubKey.ed25519 ?? new Uint8Array()))?.seed ?? [],
  );
  return { header, seeds: able };
}

const launched = ({ random, known }: World): KnownConsumer | undefined => {
  const all = known.consumers.filter(({ clientId }) => clientId !== "");
  return all.length === 0 ? undefined : random.pick(all);
};

/** A transfer over a channel that nobody opened, also what is drawn when there is nothing better. */
function transfer({ random, known }: World): Act {
  const by = random.pick(people);
  return {
    by: [by],
    messages: [
      message("/ibc.applications.transfer.v1.MsgTransfer", {
        sourcePort: random.pick(["transfer", "provider"]),
        sourceChannel: `channel-${random.below(4)}`,
        token: coin(UNIT),
        sender: by.address,
        receiver: by.address,
        timeoutTimestamp: known.timeNs + 60n * SECOND_NS,
      }),
    ],
  };
}

/** A client is told of a header. */
async function update(world: World): Promise<Act> {
  const consumer = launched(world);
  const found = consumer && (await headerFor(world, consumer));
  if (found === undefined) return transfer(world);
  const by = world.random.pick(people);
  const clientMessage = encodeAny(`${TENDERMINT}.Header`, found.header);
  const fields = { clientId: consumer!.clientId, signer: by.address, clientMessage };
  return { by: [by], messages: [message(`${CLIENT}.MsgUpdateClient`, fields)] };
}

/** Two headers of one height: the provider punishes, the client freezes. */
async function attack(world: World): Promise<Act> {
  const { random } = world;
  const consumer = launched(world);
  const found = consumer && (await headerFor(world, consumer));
  if (found === undefined) return transfer(world);
  const by = random.pick(people);
  const kind = random.pick(["equivocation", "lunatic", "amnesia"] as const);
  const { header, seeds } = found;
  let other = header;
  try {
    other = forgeHeader(kind, header, seeds);
  } catch {
    // Too little power: one and the same header twice is no evidence either.
  }
  const { clientId } = consumer!;
  const misbehaviour = { clientId, header1: header, header2: other };
  if (chance(random, 25))
    return {
      by: [by],
      messages: [
        message(`${CLIENT}.MsgUpdateClient`, {
          clientId,
          signer: by.address,
          clientMessage: encodeAny(`${TENDERMINT}.Misbehaviour`, misbehaviour),
        }),
      ],
    };
  return {
    by: [by],
    messages: [
      provider("MsgSubmitConsumerMisbehaviour", {
        submitter: by.address,
        consumerId: chance(random, 8) ? someConsumer(world).id : consumer!.id,
        misbehaviour,
      }),
    ],
  };
}

/** The first step of a handshake. */
function handshake(world: World): Act {
  const { random } = world;
  const by = random.pick(people);
  const clientId = launched(world)?.clientId ?? "07-tendermint-0";
  const opening = random.pick([
    message("/ibc.core.connection.v1.MsgConnectionOpenInit", {
      clientId,
      counterparty: { clientId: "07-tendermint-0", connectionId: "", prefix: { keyPrefix: utf8("ibc") } },
      delayPeriod: 0n,
      signer: by.address,
    }),
    message("/ibc.core.channel.v1.MsgChannelOpenInit", {
      portId: random.pick(["transfer", "transfer", "provider"]),
      channel: {
        state: 1,
        ordering: random.pick([1, 1, 2]),
        counterparty: { portId: random.pick(["transfer", "consumer"]), channelId: "" },
        connectionHops: [`connection-${random.below(3)}`],
        version: random.pick(["", "ics20-1", "1", "other"]),
      },
      signer: by.address,
    }),
    message("/ibc.core.channel.v1.MsgChannelCloseInit", {
      portId: random.pick(["transfer", "provider"]),
      channelId: `channel-${random.below(3)}`,
      signer: by.address,
    }),
  ]);
  return { by: [by], messages: [opening] };
}

/** Acts of IBC. */
export const IBC_ACTS: readonly [number, (world: World) => Act | Promise<Act>][] = [
  [5, update],
  [3, attack],
  [3, handshake],
  [1, transfer],
];
