/** Packets over the connection of a chain to itself, where a proof is a sentinel: what the messages do and refuse. */
import { utf8 } from "@tandem-ics/crypto";
import {
  atBlock,
  type CodedError,
  type Context,
  createAddressCodecs,
  createTestContext,
  PANIC_CODE,
  plainError,
  sdkErrors,
} from "@tandem-ics/runtime";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  MsgAcknowledgement,
  MsgAcknowledgementResponse,
  MsgChannelCloseConfirm,
  MsgChannelCloseInit,
  MsgChannelOpenAck,
  MsgChannelOpenConfirm,
  MsgChannelOpenInit,
  MsgChannelOpenInitResponse,
  MsgChannelOpenTry,
  MsgRecvPacket,
  MsgRecvPacketResponse,
  MsgTimeout,
  MsgTimeoutOnClose,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import type { IbcApp } from "../05-port/app.ts";
import { SENTINEL_PROOF } from "../09-localhost/light-client.ts";
import { LOCALHOST_CONNECTION_ID, makeHeight, ZERO_HEIGHT } from "../24-host/index.ts";
import { createIbcModule } from "../ibc-module.ts";
import { type Acknowledgement, errorAcknowledgement, resultAcknowledgement } from "./acknowledgement.ts";
import { CHANNEL_STATE, ORDERING } from "./channel.ts";
import { channelErrors } from "./errors.ts";

const address = createAddressCodecs("cosmos").account;
const signer = address.encode(new Uint8Array(20));
const proofHeight = makeHeight(1n, 1n);
const OK = resultAcknowledgement(Uint8Array.of(1));
const NOOP = 1;
const SUCCESS = 2;

type Codec<T> = {
  readonly typeUrl: string;
  encode(message: T): { finish(): Uint8Array };
  fromPartial(message: never): T;
};

/** A chain with an application whose callbacks a test replaces. */
function createChain() {
  const ibc = createIbcModule({ address, authority: signer });
  const app: IbcApp = {
    onChanOpenInit: (_ctx, { version }) => version,
    onChanOpenTry: (_ctx, { counterpartyVersion }) => counterpartyVersion,
    onChanOpenAck() {},
    onChanOpenConfirm() {},
    onChanCloseInit() {},
    onChanCloseConfirm() {},
    onRecvPacket: () => OK,
    onAcknowledgementPacket() {},
    onTimeoutPacket() {},
  };
  ibc.router.add("mock", app);
  const ctx = createTestContext({ stores: [ibc.module], height: 10n });
  ibc.module.initGenesis!(ctx, ibc.module.defaultGenesis!(), { deliverTx() {} });
  /** Runs a message as a transaction: refused messages leave nothing. */
  function run<T>(codec: Codec<T>, message: object, on: Context = ctx) {
    const route = ibc.module.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
    const tx = on.branch();
    const value = codec.encode(codec.fromPartial({ signer, proofHeight, ...message } as never)).finish();
    const response = route.run(tx.ctx, value);
    tx.commit();
    return { response, events: tx.ctx.events.events };
  }
  return { ibc, app, ctx, run };
}

/** A chain with an open channel to itself. */
function setup(ordering: 1 | 2 = ORDERING.unordered) {
  const chain = createChain();
  return { ...chain, ...openChannel(chain, ordering) };
}

function openChannel({ ibc, ctx, run }: ReturnType<typeof createChain>, ordering: 1 | 2) {
  const hops = { connectionHops: [LOCALHOST_CONNECTION_ID], ordering, version: "v1" };
  const opened = run(MsgChannelOpenInit, {
    portId: "mock",
    channel: { ...hops, state: CHANNEL_STATE.init, counterparty: { portId: "mock", channelId: "" } },
  });
  const { channelId } = MsgChannelOpenInitResponse.decode(opened.response);
  run(MsgChannelOpenTry, {
    portId: "mock",
    channel: {
      ...hops,
      version: "",
      state: CHANNEL_STATE.tryOpen,
      counterparty: { portId: "mock", channelId },
    },
    counterpartyVersion: "v1",
    proofInit: SENTINEL_PROOF,
  });
  const other = `channel-${ibc.channel.nextChannelSequence(ctx) - 1n}`;
  run(MsgChannelOpenAck, {
    portId: "mock",
    channelId,
    counterpartyChannelId: other,
    counterpartyVersion: "v1",
    proofTry: SENTINEL_PROOF,
  });
  run(MsgChannelOpenConfirm, { portId: "mock", channelId: other, proofAck: SENTINEL_PROOF });
  return { channelId, other };
}

/** Sends a packet from `channelId` to `other`. */
function send(
  { ibc, ctx, channelId, other }: ReturnType<typeof setup>,
  timeoutHeight = makeHeight(1n, 100n),
): Packet {
  const outgoing = {
    sourcePort: "mock",
    sourceChannel: channelId,
    timeoutHeight,
    timeoutTimestamp: 0n,
    data: utf8("data"),
  };
  const sequence = ibc.channel.sendPacket(ctx, outgoing);
  return { ...outgoing, sequence, destinationPort: "mock", destinationChannel: other };
}

const recv = (kit: ReturnType<typeof setup>, packet: Packet, on?: Context) =>
  kit.run(MsgRecvPacket, { packet, proofCommitment: SENTINEL_PROOF }, on);
const ack = (kit: ReturnType<typeof setup>, packet: Packet, answer: Acknowledgement = OK) =>
  kit.run(MsgAcknowledgement, { packet, acknowledgement: answer.bytes, proofAcked: SENTINEL_PROOF });
const types = (events: readonly { readonly type: string }[]): string[] => events.map(({ type }) => type);
const coded = (codespace: string, code: number) => expect.objectContaining({ codespace, code });
const commitmentOf = ({ ibc, ctx, channelId }: ReturnType<typeof setup>, { sequence }: Packet) =>
  ibc.channel.packetCommitment(ctx, "mock", channelId, sequence);

describe("a packet that arrives", () => {
  test("is received once; then the message does nothing and tells nothing", () => {
    const kit = setup();
    const packet = send(kit);
    const first = recv(kit, packet);
    expect(MsgRecvPacketResponse.decode(first.response).result).toBe(SUCCESS);
    expect(types(first.events)).toEqual(["recv_packet", "message", "write_acknowledgement", "message"]);
    const again = recv(kit, packet);
    expect(MsgRecvPacketResponse.decode(again.response).result).toBe(NOOP);
    expect(again.events).toEqual([]);
  });

  test("leaves neither state nor events under their own names when the application refuses it", () => {
    const kit = setup();
    kit.app.onRecvPacket = (ctx) => {
      ctx.kv("ibc").set(utf8("leftover"), utf8("x"));
      ctx.emit("minted", { amount: "5" });
      throw sdkErrors.insufficientFunds("secret");
    };
    const packet = send(kit);
    const { events } = recv(kit, packet);
    expect(kit.ctx.kv("ibc").has(utf8("leftover"))).toBe(false);
    expect(types(events)).toEqual([
      "recv_packet",
      "message",
      "ibccallbackerror-minted",
      "write_acknowledgement",
      "message",
    ]);
    expect(events[2]!.attributes).toEqual([{ key: "ibccallbackerror-amount", value: "5" }]);
    expect(() => ack(kit, packet, errorAcknowledgement(sdkErrors.insufficientFunds()))).not.toThrow();
  });

  test.each([
    ["out of gas", sdkErrors.outOfGas()],
    ["a reported fault", { ...plainError("fault"), codespace: "undefined", code: PANIC_CODE }],
  ])("is not answered at all after %s", (_what, error) => {
    const kit = setup();
    kit.app.onRecvPacket = () => {
      throw Object.assign(plainError("x"), { codespace: error.codespace, code: error.code }) as CodedError;
    };
    const packet = send(kit);
    expect(() => recv(kit, packet)).toThrow(coded(error.codespace, error.code));
    expect(kit.ibc.channel.packetReceipt(kit.ctx, "mock", kit.other, packet.sequence)).toBe(false);
  });

  test("may be answered later, but only once", () => {
    const kit = setup();
    kit.app.onRecvPacket = () => undefined;
    const packet = send(kit);
    expect(types(recv(kit, packet).events)).toEqual(["recv_packet", "message"]);
    kit.ibc.channel.writeAcknowledgement(kit.ctx, packet, OK);
    expect(() => kit.ibc.channel.writeAcknowledgement(kit.ctx, packet, OK)).toThrow(
      channelErrors.acknowledgementExists.text,
    );
    expect(MsgAcknowledgementResponse.decode(ack(kit, packet).response).result).toBe(SUCCESS);
  });

  test("is refused at its timeout", () => {
    const kit = setup();
    const packet = send(kit, makeHeight(1n, 20n));
    expect(() => recv(kit, packet, atBlock(kit.ctx, { height: 20n }))).toThrow(coded("channel", 40));
    expect(() => recv(kit, packet, atBlock(kit.ctx, { height: 19n }))).not.toThrow();
  });

  test("is refused when the other channel did not send it", () => {
    const kit = setup();
    const packet = send(kit);
    expect(() => recv(kit, { ...packet, data: utf8("more") })).toThrow(coded("client", 30));
    expect(() => recv(kit, { ...packet, sourceChannel: "channel-77" })).toThrow(coded("channel", 13));
    expect(() => recv(kit, { ...packet, destinationChannel: "channel-77" })).toThrow(coded("channel", 3));
    expect(() => recv(kit, { ...packet, destinationPort: "nobody" })).toThrow(coded("port", 5));
  });
});

describe("an ordered channel", () => {
  test("takes packets and acknowledgements in order only", () => {
    const kit = setup(ORDERING.ordered);
    const [first, second] = [send(kit), send(kit)];
    expect(() => recv(kit, second)).toThrow(coded("channel", 21));
    recv(kit, first);
    recv(kit, second);
    expect(MsgRecvPacketResponse.decode(recv(kit, first).response).result).toBe(NOOP);
    expect(() => ack(kit, second)).toThrow(coded("channel", 21));
    ack(kit, first);
    ack(kit, second);
    expect(kit.ibc.channel.nextSequenceAck(kit.ctx, "mock", kit.channelId)).toBe(3n);
  });

  test("is closed by a timeout", () => {
    const kit = setup(ORDERING.ordered);
    const packet = send(kit, makeHeight(1n, 20n));
    const later = atBlock(kit.ctx, { height: 30n });
    const message = {
      packet,
      nextSequenceRecv: 1n,
      proofUnreceived: SENTINEL_PROOF,
      proofHeight: makeHeight(1n, 30n),
    };
    const { events } = kit.run(MsgTimeout, message, later);
    expect(types(events)).toEqual(["channel_close", "message", "timeout_packet", "message"]);
    expect(kit.ibc.channel.channel(kit.ctx, "mock", kit.channelId)!.state).toBe(CHANNEL_STATE.closed);
    expect(kit.run(MsgTimeout, message, later).events).toEqual([]);
  });

  test("knows a packet that was received from one that was not", () => {
    const kit = setup(ORDERING.ordered);
    const packet = send(kit, makeHeight(1n, 20n));
    recv(kit, packet);
    const later = atBlock(kit.ctx, { height: 30n });
    const timeout = { packet, proofUnreceived: SENTINEL_PROOF, proofHeight: makeHeight(1n, 30n) };
    expect(() => kit.run(MsgTimeout, { ...timeout, nextSequenceRecv: 2n }, later)).toThrow(
      coded("channel", 19),
    );
    expect(() => kit.run(MsgTimeout, { ...timeout, nextSequenceRecv: 1n }, later)).toThrow(
      coded("client", 30),
    );
  });
});

describe("a packet that is not received", () => {
  test("times out, not before its time, and not after it was received", () => {
    const kit = setup();
    const packet = send(kit, makeHeight(1n, 20n));
    const timeout = { packet, nextSequenceRecv: 1n, proofUnreceived: SENTINEL_PROOF };
    const early = { ...timeout, proofHeight: makeHeight(1n, 19n) };
    const late = { ...timeout, proofHeight: makeHeight(1n, 20n) };
    expect(() => kit.run(MsgTimeout, early)).toThrow(coded("channel", 39));
    const received = kit.ctx.branch();
    recv(kit, packet, received.ctx);
    expect(() => kit.run(MsgTimeout, late, received.ctx)).toThrow(coded("client", 31));
    expect(types(kit.run(MsgTimeout, late).events)).toEqual(["timeout_packet", "message"]);
    expect(commitmentOf(kit, packet)).toBeUndefined();
  });

  test("times out at once when the other end is closed", () => {
    const kit = setup();
    const packet = send(kit);
    const message = {
      packet,
      nextSequenceRecv: 1n,
      proofUnreceived: SENTINEL_PROOF,
      proofClose: SENTINEL_PROOF,
    };
    expect(() => kit.run(MsgTimeoutOnClose, message)).toThrow(coded("client", 30));
    kit.run(MsgChannelCloseInit, { portId: "mock", channelId: kit.other });
    expect(types(kit.run(MsgTimeoutOnClose, message).events)).toEqual(["timeout_packet", "message"]);
    expect(() => recv(kit, packet)).toThrow(coded("channel", 5));
  });
});

describe("the sender of a packet", () => {
  test("finds its commitment gone when the application is called, so that no callback runs twice", () => {
    const kit = setup();
    let calls = 0;
    kit.app.onAcknowledgementPacket = (ctx, { packet, acknowledgement }) => {
      calls++;
      const nested = { packet, acknowledgement, proofAcked: SENTINEL_PROOF };
      const { response } = kit.run(MsgAcknowledgement, nested, ctx);
      expect(MsgAcknowledgementResponse.decode(response).result).toBe(NOOP);
    };
    const packet = send(kit);
    recv(kit, packet);
    ack(kit, packet);
    expect(calls).toBe(1);
  });

  test("keeps its commitment when the application refuses the acknowledgement", () => {
    const kit = setup();
    kit.app.onAcknowledgementPacket = () => {
      throw sdkErrors.unauthorized();
    };
    const packet = send(kit);
    recv(kit, packet);
    expect(() => ack(kit, packet)).toThrow(coded("sdk", 4));
    expect(commitmentOf(kit, packet)).toBeDefined();
  });

  test("refuses an acknowledgement that can be read in two ways", () => {
    const kit = setup();
    const packet = send(kit);
    const bytes = utf8('{"result":"AQ==","error":"x"}');
    kit.app.onRecvPacket = () => ({ success: true, bytes });
    recv(kit, packet);
    expect(() => ack(kit, packet, { success: true, bytes })).toThrow(coded("channel", 16));
  });

  test("cannot send without timeout, data or an open channel", () => {
    const kit = setup();
    expect(() => send(kit, ZERO_HEIGHT)).toThrow(coded("channel", 13));
    expect(() => send(kit, makeHeight(1n, 10n))).toThrow(coded("channel", 40));
    kit.run(MsgChannelCloseInit, { portId: "mock", channelId: kit.channelId });
    expect(() => send(kit)).toThrow(coded("channel", 5));
  });
});

describe("closing", () => {
  test("needs the application, and the other end follows with proof", () => {
    const kit = setup();
    kit.app.onChanCloseInit = () => {
      throw sdkErrors.unauthorized();
    };
    const close = { portId: "mock", channelId: kit.channelId };
    expect(() => kit.run(MsgChannelCloseInit, close)).toThrow(coded("sdk", 4));
    kit.app.onChanCloseInit = () => {};
    const confirm = { portId: "mock", channelId: kit.other, proofInit: SENTINEL_PROOF };
    expect(() => kit.run(MsgChannelCloseConfirm, confirm)).toThrow(coded("client", 30));
    expect(types(kit.run(MsgChannelCloseInit, close).events)).toEqual(["channel_close_init", "message"]);
    expect(types(kit.run(MsgChannelCloseConfirm, confirm).events)).toEqual([
      "channel_close_confirm",
      "message",
    ]);
    expect(() => kit.run(MsgChannelCloseInit, close)).toThrow(coded("channel", 5));
  });
});
