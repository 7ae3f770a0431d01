/** Two chains with trees, headers and signatures of their own: clients that are delayed, upgraded, frozen and recovered. */
import {
  BLOCK_ID_FLAG,
  commitVoteSignBytes,
  ed25519Key,
  headerHash,
  keyPairOfSeed,
  makeValidator,
  newValidatorSet,
  nsToTimestamp,
  publicKeyAddress,
  validatorSetHash,
  validatorSetToProto,
} from "@tandem-ics/comet";
import { EMPTY, ed25519Sign, sha256, utf8 } from "@tandem-ics/crypto";
import {
  type Context,
  createAddressCodecs,
  createContext,
  type ExecMode,
  emptyBlock,
  type MessageRoute,
} from "@tandem-ics/runtime";
import { createMemoryBackend, createMultiStore } from "@tandem-ics/store";
import { decodeCommitmentProof, encodeMerkleProof, PROOF_SPECS } from "@tandem-ics/store/ics23";
import { Plan } from "cosmjs-types/cosmos/upgrade/v1beta1/upgrade";
import { Any } from "cosmjs-types/google/protobuf/any";
import { MsgRecvPacket } from "cosmjs-types/ibc/core/channel/v1/tx";
import {
  MsgCreateClient,
  MsgRecoverClient,
  MsgUpdateClient,
  MsgUpgradeClient,
} from "cosmjs-types/ibc/core/client/v1/tx";
import { MsgConnectionOpenInit, MsgConnectionOpenTry } from "cosmjs-types/ibc/core/connection/v1/tx";
import {
  ClientState,
  ConsensusState,
  Header,
  Misbehaviour,
} from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Header as BlockHeader, Commit, SignedHeader } from "cosmjs-types/tendermint/types/types";
import type { IbcUpgradeKeeper } from "../02-client/keeper.ts";
import { scheduleUpgrade } from "../02-client/own-upgrade.ts";
import { CONNECTION_STATE } from "../03-connection/connection.ts";
import { DEFAULT_VERSION } from "../03-connection/version.ts";
import { CHANNEL_STATE, ORDERING } from "../04-channel/channel.ts";
import {
  commitmentPath,
  connectionPath,
  makeHeight,
  revisionOf,
  upgradedClientPath,
  upgradedConsensusStatePath,
  ZERO_HEIGHT,
} from "../24-host/index.ts";
import { createIbcModule } from "../ibc-module.ts";

const SECOND = 1_000_000_000n;
const START = 1_700_000_000n * SECOND;
const TRUSTING = 1000n;
const address = createAddressCodecs("cosmos").account;
const signer = address.encode(new Uint8Array(20));
const coded = (codespace: string, code: number) => expect.objectContaining({ codespace, code });
const seconds = (count: bigint) => ({ seconds: count, nanos: 0 });

/** An upgrade module without upgrades: it keeps what IBC puts into its store. */
const upgradeKeeper = (): IbcUpgradeKeeper => {
  let plan: Plan | undefined;
  const at = (ctx: Context, path: string) => ctx.kv("upgrade").get(utf8(path));
  return {
    plan: () => plan,
    scheduleUpgrade(_ctx, planned) {
      plan = planned;
    },
    upgradedClient: (ctx, height) => at(ctx, upgradedClientPath(height)),
    setUpgradedClient: (ctx, height, bytes) => ctx.kv("upgrade").set(utf8(upgradedClientPath(height)), bytes),
    upgradedConsensusState: (ctx, height) => at(ctx, upgradedConsensusStatePath(height)),
    setUpgradedConsensusState: (ctx, height, bytes) =>
      ctx.kv("upgrade").set(utf8(upgradedConsensusStatePath(height)), bytes),
  };
};

/** A chain with one tree per store and three validators of power 10. Block `n` holds the state after block `n − 1`. */
function createChain(chainId: string, seed: number) {
  const keys = [0, 1, 2].map((i) => keyPairOfSeed(sha256(Uint8Array.of(seed, i))));
  const validators = newValidatorSet(keys.map(({ publicKey }) => makeValidator(ed25519Key(publicKey), 10n)));
  const valsetHash = validatorSetHash(validators);
  const store = createMultiStore({
    backend: createMemoryBackend(),
    stores: { ibc: "iavl", upgrade: "iavl" },
  });
  const upgrade = upgradeKeeper();
  const ibc = createIbcModule({ address, authority: signer, upgrade });
  let timeNs = START;
  const revision = revisionOf(chainId);
  const block = () =>
    emptyBlock({ chainId, height: store.lastVersion + 1n, timeNs, nextValidatorsHash: valsetHash });
  const context = (mode: ExecMode = "finalize") => createContext({ stores: store, block: block(), mode });
  const times = new Map<bigint, bigint>();
  ibc.module.initGenesis!(context(), ibc.module.defaultGenesis!(), { deliverTx() {} });
  context().kv("upgrade").set(utf8("x"), utf8("y"));

  const header = (
    height: bigint,
    appHash = height > 1n ? store.appHash(height - 1n) : EMPTY,
  ): BlockHeader => ({
    version: { block: 11n, app: 0n },
    chainId,
    height,
    time: nsToTimestamp(times.get(height)!),
    lastBlockId: {
      hash: new Uint8Array(32).fill(1),
      partSetHeader: { total: 1, hash: new Uint8Array(32).fill(2) },
    },
    lastCommitHash: sha256(EMPTY),
    dataHash: sha256(EMPTY),
    validatorsHash: valsetHash,
    nextValidatorsHash: valsetHash,
    consensusHash: sha256(EMPTY),
    appHash,
    lastResultsHash: sha256(EMPTY),
    evidenceHash: sha256(EMPTY),
    proposerAddress: validators.proposer.address,
  });
  function sign(signed: BlockHeader): SignedHeader {
    const blockId = {
      hash: headerHash(signed),
      partSetHeader: { total: 1, hash: new Uint8Array(32).fill(3) },
    };
    const signatures = validators.validators.map(({ address: validatorAddress }) => ({
      blockIdFlag: BLOCK_ID_FLAG.commit,
      validatorAddress,
      timestamp: signed.time,
      signature: EMPTY,
    }));
    const commit: Commit = { height: signed.height, round: 0, blockId, signatures };
    validators.validators.forEach((validator, i) => {
      const key = keys.find(({ publicKey }) => {
        const own = publicKeyAddress(ed25519Key(publicKey));
        return own.every((byte, at) => byte === validator.address[at]);
      })!;
      signatures[i]!.signature = ed25519Sign(key.seed, commitVoteSignBytes(chainId, commit, i));
    });
    return { header: signed, commit };
  }
  return {
    chainId,
    ibc,
    upgrade,
    store,
    context,
    revision,
    valsetHash,
    /** Height of the block under way. */
    height: () => store.lastVersion + 1n,
    /** Ends the block under way; the next one is `later` seconds on. */
    next(later = 5n): void {
      const ctx = context();
      ibc.module.beginBlock?.(ctx);
      times.set(ctx.height, timeNs);
      store.commit();
      timeNs += later * SECOND;
    },
    header,
    sign,
    /** The header of `height` as relayed from a client that trusts `trusted`. */
    relayed: (height: bigint, trusted: bigint, appHash?: Uint8Array): Header => ({
      signedHeader: sign(header(height, appHash)),
      validatorSet: validatorSetToProto(validators),
      trustedHeight: makeHeight(revision, trusted),
      trustedValidators: validatorSetToProto(validators),
    }),
    /** Proof of the state after block `version`, and the height whose header it leads to. */
    prove(storeName: string, path: string, version: bigint) {
      const { proofOps } = store.query({ store: storeName, key: utf8(path), version, prove: true });
      const proofs = proofOps!.map(({ data }) => decodeCommitmentProof(data));
      return { proof: encodeMerkleProof({ proofs }), proofHeight: makeHeight(revision, version + 1n) };
    },
    clientState: (height: bigint): ClientState => ({
      ...ClientState.fromPartial({}),
      chainId,
      trustLevel: { numerator: 1n, denominator: 3n },
      trustingPeriod: seconds(TRUSTING),
      unbondingPeriod: seconds(2n * TRUSTING),
      maxClockDrift: seconds(10n),
      latestHeight: makeHeight(revision, height),
      proofSpecs: [...PROOF_SPECS],
      upgradePath: ["upgrade", "upgradedIBCState"],
    }),
    consensusState(height: bigint): ConsensusState {
      const { time, appHash, nextValidatorsHash } = header(height);
      return { timestamp: time, root: { hash: appHash }, nextValidatorsHash };
    },
  };
}

type TestChain = ReturnType<typeof createChain>;

type Codec<T> = {
  typeUrl: string;
  encode(message: T): { finish(): Uint8Array };
  fromPartial(message: never): T;
};

/** Runs a message in the block under way. */
function run<T>(chain: TestChain, codec: Codec<T>, message: object, mode?: ExecMode): Uint8Array {
  const route = chain.ibc.module.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl) as MessageRoute;
  const tx = chain.context(mode).branch();
  const response = route.run(
    tx.ctx,
    codec.encode(codec.fromPartial({ signer, ...message } as never)).finish(),
  );
  tx.commit();
  return response;
}

const pack = <T>(codec: Codec<T>, value: T): Any => ({
  typeUrl: codec.typeUrl,
  value: codec.encode(value).finish(),
});
const update = (chain: TestChain, header: Header, clientId = CLIENT) =>
  run(chain, MsgUpdateClient, { clientId, clientMessage: pack(Header, header) });

const CLIENT = "07-tendermint-0";

/** Two chains; `a` has a client of `b` at height 3. */
function setup() {
  const a = createChain("alpha-1", 1);
  const b = createChain("beta-1", 2);
  for (let i = 0; i < 3; i++) {
    a.next();
    b.next();
  }
  const clientState = pack(ClientState, b.clientState(3n));
  const consensusState = pack(ConsensusState, b.consensusState(3n));
  run(a, MsgCreateClient, { clientState, consensusState });
  run(b, MsgCreateClient, {
    clientState: pack(ClientState, a.clientState(3n)),
    consensusState: pack(ConsensusState, a.consensusState(3n)),
  });
  return { a, b };
}

const status = (chain: TestChain, clientId = CLIENT) => chain.ibc.client.status(chain.context(), clientId);

describe("a client with real proofs", () => {
  test("believes a counterparty's connection, and only what is there", () => {
    const { a, b } = setup();
    const prefix = { keyPrefix: utf8("ibc") };
    run(b, MsgConnectionOpenInit, {
      clientId: CLIENT,
      counterparty: { clientId: CLIENT, prefix },
      delayPeriod: 60n,
    });
    const version = b.height();
    b.next();
    b.next();
    update(a, b.relayed(version + 1n, 3n));
    const { proof, proofHeight } = b.prove("ibc", connectionPath("connection-0"), version);
    const tried = {
      clientId: CLIENT,
      counterparty: { clientId: CLIENT, connectionId: "connection-0", prefix },
      counterpartyVersions: [DEFAULT_VERSION],
      delayPeriod: 60n,
      proofInit: proof,
      proofHeight,
    };
    expect(() => run(a, MsgConnectionOpenTry, { ...tried, delayPeriod: 61n })).toThrow(
      coded("commitment", 2),
    );
    expect(() => run(a, MsgConnectionOpenTry, { ...tried, proofHeight: makeHeight(1n, 99n) })).toThrow(
      coded("ibc", 9),
    );
    expect(() => run(a, MsgConnectionOpenTry, { ...tried, proofInit: utf8("garbage") })).toThrow(
      coded("commitment", 2),
    );
    run(a, MsgConnectionOpenTry, tried);
    const connection = a.ibc.connection.connection(a.context(), "connection-0")!;
    expect(connection.state).toBe(CONNECTION_STATE.tryOpen);
    expect(a.ibc.connection.clientConnections(a.context(), CLIENT)).toEqual(["connection-0"]);
  });

  test("waits for the delay of a connection, in time and in blocks", () => {
    const { a, b } = setup();
    const packet = openDelayedChannel({ a, b }, 60n * SECOND);
    const version = b.height();
    b.next();
    b.next();
    update(a, b.relayed(version + 1n, 3n));
    const path = commitmentPath("mock", "channel-0", 1n);
    const { proof, proofHeight } = b.prove("ibc", path, version);
    const recv = () => run(a, MsgRecvPacket, { packet, proofCommitment: proof, proofHeight });
    expect(recv).toThrow(coded("07-tendermint", 10));
    // 60 seconds are two blocks of at most 30 seconds: one block is too few, however long it took
    a.next(100n);
    expect(recv).toThrow(coded("07-tendermint", 10));
    a.next(5n);
    expect(recv).not.toThrow();
  });

  test("follows an upgraded chain only if the old one committed to it", () => {
    const { a, b } = setup();
    const planHeight = b.height() + 2n;
    const chosen = { ...b.clientState(1n), chainId: "beta-2", latestHeight: makeHeight(2n, 1n) };
    const plan = Plan.fromPartial({ name: "v2", height: planHeight });
    scheduleUpgrade(b.upgrade, b.context(), plan, pack(ClientState, chosen));
    // the old chain stops at the plan's height: the header of that block is its last, and proves the block before
    while (b.height() <= planHeight) {
      a.next();
      b.next();
    }
    update(a, b.relayed(planHeight, 3n));
    const committed = b.upgrade.upgradedConsensusState(b.context(), planHeight)!;
    const prove = (path: string) => b.prove("upgrade", path, planHeight - 1n).proof;
    const message = {
      clientId: CLIENT,
      clientState: pack(ClientState, chosen),
      consensusState: Any.decode(committed),
      proofUpgradeClient: prove(upgradedClientPath(planHeight)),
      proofUpgradeConsensusState: prove(upgradedConsensusStatePath(planHeight)),
    };
    const upgrade = (changes: object) => () => run(a, MsgUpgradeClient, { ...message, ...changes });
    const faster = pack(ClientState, { ...chosen, unbondingPeriod: seconds(7n) });
    expect(upgrade({ clientState: faster })).toThrow(coded("commitment", 2));
    expect(upgrade({ clientState: pack(ClientState, b.clientState(2n)) })).toThrow(coded("ibc", 9));
    expect(upgrade({ proofUpgradeClient: message.proofUpgradeConsensusState })).toThrow(
      coded("commitment", 2),
    );
    expect(upgrade({ proofUpgradeConsensusState: message.proofUpgradeClient })).toThrow(
      coded("commitment", 2),
    );
    // what a client chooses for itself is not part of what the chain committed to
    upgrade({ clientState: pack(ClientState, { ...chosen, trustingPeriod: seconds(1n) }) })();
    const expected = { ...b.clientState(1n), chainId: "beta-2", latestHeight: makeHeight(2n, 1n) };
    expect(a.ibc.client.clientState(a.context(), CLIENT)).toEqual(pack(ClientState, expected));
    const root = a.ibc.client.tendermintConsensusState(a.context(), CLIENT, makeHeight(2n, 1n))!.root.hash;
    expect(root).toEqual(utf8("sentinel_root"));
  });
});

/** An open connection with a delay and an open channel between the chains, put into their stores; b sends a packet. */
function openDelayedChannel({ a, b }: { a: TestChain; b: TestChain }, delayPeriod: bigint) {
  for (const chain of [a, b]) {
    const ctx = chain.context();
    chain.ibc.connection.setConnection(ctx, "connection-0", {
      clientId: CLIENT,
      versions: [DEFAULT_VERSION],
      state: CONNECTION_STATE.open,
      counterparty: { clientId: CLIENT, connectionId: "connection-0", prefix: { keyPrefix: utf8("ibc") } },
      delayPeriod,
    });
    chain.ibc.channel.setChannel(ctx, "mock", "channel-0", {
      state: CHANNEL_STATE.open,
      ordering: ORDERING.unordered,
      counterparty: { portId: "mock", channelId: "channel-0" },
      connectionHops: ["connection-0"],
      version: "v1",
    });
    ctx
      .kv("ibc")
      .set(utf8("nextSequenceSend/ports/mock/channels/channel-0"), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1));
    const refuse = () => {
      throw new Error("not expected");
    };
    chain.ibc.router.add("mock", {
      onChanOpenInit: refuse,
      onChanOpenTry: refuse,
      onChanOpenAck: refuse,
      onChanOpenConfirm: refuse,
      onChanCloseInit: refuse,
      onChanCloseConfirm: refuse,
      onRecvPacket: () => undefined,
      onAcknowledgementPacket: refuse,
      onTimeoutPacket: refuse,
    });
  }
  const outgoing = {
    sourcePort: "mock",
    sourceChannel: "channel-0",
    timeoutHeight: ZERO_HEIGHT,
    timeoutTimestamp: START + 10_000n * SECOND,
    data: utf8("data"),
  };
  const sequence = b.ibc.channel.sendPacket(b.context(), outgoing);
  return { ...outgoing, sequence, destinationPort: "mock", destinationChannel: "channel-0" };
}

describe("misbehaviour", () => {
  test("freezes the client, which then proves nothing and takes no updates until governance recovers it", () => {
    const { a, b } = setup();
    b.next();
    b.next();
    update(a, b.relayed(4n, 3n));
    const forged = b.relayed(5n, 3n, new Uint8Array(32).fill(9));
    const evidence: Misbehaviour = { clientId: CLIENT, header1: b.relayed(5n, 3n), header2: forged };
    const message = { clientId: CLIENT, clientMessage: pack(Misbehaviour, evidence) };
    expect(() => a.ibc.client.verifyTendermintMisbehaviour(a.context(), CLIENT, evidence)).not.toThrow();
    expect(status(a)).toBe("Active");
    run(a, MsgUpdateClient, message);
    expect(status(a)).toBe("Frozen");
    expect(() => update(a, b.relayed(5n, 4n))).toThrow(coded("client", 29));
    expect(() => a.ibc.client.verifyTendermintMisbehaviour(a.context(), CLIENT, evidence)).not.toThrow();

    run(a, MsgCreateClient, {
      clientState: pack(ClientState, b.clientState(5n)),
      consensusState: pack(ConsensusState, b.consensusState(5n)),
    });
    const recovery = { subjectClientId: CLIENT, substituteClientId: "07-tendermint-1" };
    const other = address.encode(new Uint8Array(20).fill(7));
    expect(() => run(a, MsgRecoverClient, { ...recovery, signer: other })).toThrow(coded("ibc", 2));
    run(a, MsgRecoverClient, recovery);
    expect(status(a)).toBe("Active");
    expect(a.ibc.client.latestHeight(a.context(), CLIENT)).toEqual(makeHeight(1n, 5n));
    expect(() => run(a, MsgRecoverClient, recovery)).toThrow(coded("client", 24));
  });

  test("needs the trusted validators' signatures", () => {
    const { a, b } = setup();
    b.next();
    const stranger = createChain("beta-1", 9);
    for (let i = 0; i < 4; i++) stranger.next();
    const evidence: Misbehaviour = {
      clientId: CLIENT,
      header1: b.relayed(4n, 3n),
      header2: { ...stranger.relayed(4n, 3n), trustedValidators: b.relayed(4n, 3n).trustedValidators! },
    };
    const message = { clientId: CLIENT, clientMessage: pack(Misbehaviour, evidence) };
    expect(() => run(a, MsgUpdateClient, message)).toThrow(coded("client", 13));
    expect(status(a)).toBe("Active");
  });
});

describe("recovery", () => {
  test("wakes an expired client, with a substitute that matches and is ahead", () => {
    const { a, b } = setup();
    a.next(TRUSTING);
    b.next(TRUSTING);
    b.next();
    b.next();
    expect(status(a)).toBe("Expired");
    const create = (state: ClientState) =>
      run(a, MsgCreateClient, {
        clientState: pack(ClientState, state),
        consensusState: pack(ConsensusState, b.consensusState(5n)),
      });
    create({ ...b.clientState(5n), unbondingPeriod: seconds(3n * TRUSTING) });
    create({ ...b.clientState(5n), trustingPeriod: seconds(TRUSTING + 1n) });
    const recover = (substituteClientId: string) => () =>
      run(a, MsgRecoverClient, { subjectClientId: CLIENT, substituteClientId });
    expect(recover("07-tendermint-1")).toThrow(coded("client", 27));
    expect(recover(CLIENT)).toThrow(coded("client", 27));
    expect(recover("07-tendermint-9")).toThrow(coded("client", 29));
    expect(recover("09-localhost")).toThrow(coded("client", 29));
    recover("07-tendermint-2")();
    expect(status(a)).toBe("Active");
    expect(a.ibc.client.tendermintClientState(a.context(), CLIENT)!.trustingPeriod).toEqual(
      seconds(TRUSTING + 1n),
    );
    expect(() => update(a, b.relayed(6n, 5n))).not.toThrow();
  });
});

test("refusals that end up in a failed proposal's state are ibc-go's, to the text", () => {
  const { a, b } = setup();
  b.next();
  b.next();
  const recovery = (subjectClientId: string, substituteClientId: string) => () =>
    run(a, MsgRecoverClient, { subjectClientId, substituteClientId });
  expect(recovery(CLIENT, "07-tendermint-1")).toThrow(
    `client recovery failed: cannot recover subject client (${CLIENT}) with status Active: invalid recovery client`,
  );
  expect(recovery("mystery-client", CLIENT)).toThrow(
    "client recovery failed: mystery-client: light client module route not found",
  );
  const forged = b.relayed(5n, 3n, new Uint8Array(32).fill(9));
  const evidence: Misbehaviour = { clientId: CLIENT, header1: b.relayed(5n, 3n), header2: forged };
  run(a, MsgUpdateClient, { clientId: CLIENT, clientMessage: pack(Misbehaviour, evidence) });
  expect(recovery(CLIENT, "07-tendermint-9")).toThrow(
    "client recovery failed: cannot recover client using substitute client (07-tendermint-9) with status Unknown: " +
      "client state is not active",
  );
  run(a, MsgCreateClient, {
    clientState: pack(ClientState, b.clientState(3n)),
    consensusState: pack(ConsensusState, b.consensusState(3n)),
  });
  expect(recovery(CLIENT, "07-tendermint-1")).toThrow(
    "client recovery failed: subject client state latest height is greater or equal to substitute client state latest " +
      "height (1-3 >= 1-3): invalid height",
  );
});

test("handshakes and packets are refused in ibc-go's words", () => {
  const { a } = setup();
  const prefix = { keyPrefix: utf8("ibc") };
  expect(() =>
    run(a, MsgConnectionOpenInit, {
      clientId: "07-tendermint-9",
      counterparty: { clientId: CLIENT, connectionId: "", prefix },
      delayPeriod: 0n,
    }),
  ).toThrow(
    "connection handshake open init failed: client (07-tendermint-9) status is Unknown: client state is not active",
  );
  const packet = {
    ...{ sequence: 1n, sourcePort: "mock", sourceChannel: "channel-0", destinationPort: "mock" },
    ...{
      destinationChannel: "channel-7",
      data: utf8("x"),
      timeoutHeight: makeHeight(0n, 0n),
      timeoutTimestamp: 1n,
    },
  };
  expect(() => a.ibc.channel.sendPacket(a.context(), packet)).toThrow("channel-0: channel not found");
  const received = { packet, proof: utf8("x"), proofHeight: makeHeight(1n, 1n) };
  expect(() => a.ibc.channel.recvPacket(a.context(), received)).toThrow("channel-7: channel not found");
});

describe("the mempool", () => {
  test("refuses transactions that only repeat packets, and does not prune for checks", () => {
    const { a, b } = setup();
    const packet = openDelayedChannel({ a, b }, 0n);
    const version = b.height();
    b.next();
    b.next();
    const header = b.relayed(version + 1n, 3n);
    const { proof, proofHeight } = b.prove("ibc", commitmentPath("mock", "channel-0", 1n), version);
    const recv = MsgRecvPacket.encode({ packet, proofCommitment: proof, proofHeight, signer }).finish();
    const updating = MsgUpdateClient.encode({
      clientId: CLIENT,
      clientMessage: pack(Header, header),
      signer,
    }).finish();
    const tx = {
      messages: [
        { typeUrl: MsgUpdateClient.typeUrl, value: updating },
        { typeUrl: MsgRecvPacket.typeUrl, value: recv },
      ],
    };
    const check = (mode: ExecMode, messages = tx.messages) =>
      a.ibc.redundantRelay.run(a.context(mode).branch().ctx, { messages });
    expect(() => check("check")).not.toThrow();
    update(a, header);
    run(a, MsgRecvPacket, MsgRecvPacket.decode(recv));
    expect(() => check("check")).toThrow(coded("channel", 22));
    expect(() => check("recheck")).toThrow(coded("channel", 22));
    expect(() => check("finalize")).not.toThrow();
    expect(() => check("simulate")).not.toThrow();
    expect(() => check("check", [tx.messages[0]!])).not.toThrow();
    expect(() => check("check", [{ typeUrl: "/other", value: EMPTY }, ...tx.messages])).not.toThrow();
    expect(() => check("check", [{ typeUrl: MsgRecvPacket.typeUrl, value: utf8("garbage") }])).toThrow(
      coded("sdk", 2),
    );
  });
});
