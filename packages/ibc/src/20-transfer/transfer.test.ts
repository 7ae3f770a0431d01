/** Tokens sent from a chain to itself, with the real bank: supply, escrow, and every way in which it can fail. */
import { toHexUpper, utf8 } from "@tandem-ics/crypto";
import { createAuthModule, createBankModule } from "@tandem-ics/modules";
import {
  type AppModule,
  atBlock,
  type Context,
  createAddressCodecs,
  createTestContext,
} from "@tandem-ics/runtime";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  MsgAcknowledgement,
  MsgChannelCloseInit,
  MsgRecvPacket,
  MsgTimeout,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import { resultAcknowledgement } from "../04-channel/acknowledgement.ts";
import { CHANNEL_STATE, ORDERING } from "../04-channel/channel.ts";
import { SENTINEL_PROOF } from "../09-localhost/light-client.ts";
import { LOCALHOST_CONNECTION_ID, makeHeight, ZERO_HEIGHT } from "../24-host/index.ts";
import { createIbcModule } from "../ibc-module.ts";
import { denomHash, ibcDenom, parseDenom } from "./denom.ts";
import { decodePacketData, packetDataBytes } from "./packet-data.ts";
import { escrowAddress } from "./state.ts";
import { createTransferModule } from "./transfer-module.ts";

const addresses = createAddressCodecs("cosmos");
const { account } = addresses;
const [alice, bob, jailed] = [1, 2, 3].map((byte) => account.encode(new Uint8Array(20).fill(byte))) as [
  string,
  string,
  string,
];
const VOUCHER = ibcDenom(parseDenom("transfer/channel-1/stake"));
const coded = (codespace: string, code: number) => expect.objectContaining({ codespace, code });

type Codec<T> = {
  typeUrl: string;
  encode(message: T): { finish(): Uint8Array };
  fromPartial(message: never): T;
};

/** Channels 0 and 1 are the ends of one channel; alice has 1000 stake. */
function setup() {
  const ibc = createIbcModule({ address: account, authority: bob });
  const auth = createAuthModule({
    addresses,
    permissions: { transfer: ["minter", "burner"] },
    authority: bob,
  });
  const bank = createBankModule({
    addresses,
    auth: auth.keeper,
    authority: bob,
    blocked: [account.decode(jailed)],
  });
  const transfer = createTransferModule({
    address: account,
    authority: bob,
    bank: bank.keeper,
    accounts: auth.keeper,
    channels: ibc.channel,
  });
  ibc.router.add("transfer", transfer.app);
  const modules: AppModule[] = [auth.module, bank.module, ibc.module, transfer.module];
  const ctx = createTestContext({ stores: modules, height: 10n });
  for (const module of modules) module.initGenesis!(ctx, module.defaultGenesis!(), { deliverTx() {} });
  ["channel-0", "channel-1"].forEach((channelId, i, ids) => {
    ibc.channel.setChannel(ctx, "transfer", channelId, {
      state: CHANNEL_STATE.open,
      ordering: ORDERING.unordered,
      counterparty: { portId: "transfer", channelId: ids[1 - i]! },
      connectionHops: [LOCALHOST_CONNECTION_ID],
      version: "ics20-1",
    });
    ctx
      .kv("ibc")
      .set(
        utf8(`nextSequenceSend/ports/transfer/channels/${channelId}`),
        Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
      );
  });
  bank.keeper.mintCoins(ctx, "transfer", [{ denom: "stake", amount: 1000n }]);
  bank.keeper.sendCoins(ctx, auth.keeper.getModuleAddress("transfer"), account.decode(alice), [
    { denom: "stake", amount: 1000n },
  ]);
  const routes = modules.flatMap(({ messages }) => messages ?? []);
  function run<T>(codec: Codec<T>, message: object, on: Context = ctx) {
    const route = routes.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
    const tx = on.branch();
    const value = codec.encode(
      codec.fromPartial({ signer: bob, proofHeight: makeHeight(1n, 1n), ...message } as never),
    );
    route.run(tx.ctx, value.finish());
    tx.commit();
    return tx.ctx.events.events;
  }
  const balance = (who: string, denom = "stake") => bank.keeper.getBalance(ctx, account.decode(who), denom);
  return { ibc, bank: bank.keeper, transfer, ctx, run, balance };
}

type Chain = ReturnType<typeof setup>;

interface Order {
  readonly from?: string;
  readonly to?: string;
  readonly amount?: string;
  readonly denom?: string;
  readonly channel?: "channel-0" | "channel-1";
  readonly memo?: string;
}

/** Sends as MsgTransfer does; returns the packet. */
function send({ ctx, ibc, run }: Chain, order: Order = {}): Packet {
  const { from = alice, to = bob, amount = "100", denom = "stake", channel = "channel-0", memo = "" } = order;
  const sequence = ibc.channel.nextSequenceSend(ctx, "transfer", channel)!;
  const events = run(MsgTransfer, {
    sourcePort: "transfer",
    sourceChannel: channel,
    token: { denom, amount },
    sender: from,
    receiver: to,
    timeoutHeight: makeHeight(1n, 100n),
    memo,
  });
  const sent = events.find(({ type }) => type === "send_packet")!;
  const hex = sent.attributes.find(({ key }) => key === "packet_data_hex")!.value;
  return {
    sequence,
    sourcePort: "transfer",
    sourceChannel: channel,
    destinationPort: "transfer",
    destinationChannel: channel === "channel-0" ? "channel-1" : "channel-0",
    data: Uint8Array.from(Buffer.from(hex, "hex")),
    timeoutHeight: makeHeight(1n, 100n),
    timeoutTimestamp: 0n,
  };
}

/** Brings the packet; returns the acknowledgement. */
function receive({ run }: Chain, packet: Packet): Uint8Array {
  const events = run(MsgRecvPacket, { packet, proofCommitment: SENTINEL_PROOF });
  const written = events.find(({ type }) => type === "write_acknowledgement")!;
  return Uint8Array.from(
    Buffer.from(written.attributes.find(({ key }) => key === "packet_ack_hex")!.value, "hex"),
  );
}

const acknowledge = ({ run }: Chain, packet: Packet, acknowledgement: Uint8Array) =>
  run(MsgAcknowledgement, { packet, acknowledgement, proofAcked: SENTINEL_PROOF });

const answerTo = (chain: Chain, packet: Packet): string => new TextDecoder().decode(receive(chain, packet));
const errorAnswer = (code: number): string =>
  `{"error":"ABCI code: ${code}: error handling packet: see events for details"}`;

describe("a transfer", () => {
  test("locks tokens here, makes vouchers there, and undoes both on the way back", () => {
    const chain = setup();
    const packet = send(chain);
    expect([chain.balance(alice), chain.transfer.keeper.totalEscrow(chain.ctx, "stake")]).toEqual([
      900n,
      100n,
    ]);
    expect(answerTo(chain, packet)).toBe('{"result":"AQ=="}');
    expect([chain.balance(bob, VOUCHER), chain.bank.getSupply(chain.ctx, VOUCHER)]).toEqual([100n, 100n]);
    expect(chain.bank.getDenomMetadata(chain.ctx, VOUCHER)).toMatchObject({
      base: VOUCHER,
      display: "transfer/channel-1/stake",
      symbol: "STAKE",
    });
    const back = send(chain, { from: bob, to: alice, denom: VOUCHER, amount: "40", channel: "channel-1" });
    expect(decodePacketData(back.data).denom).toBe("transfer/channel-1/stake");
    expect(chain.bank.getSupply(chain.ctx, VOUCHER)).toBe(60n);
    receive(chain, back);
    expect([chain.balance(alice), chain.transfer.keeper.totalEscrow(chain.ctx, "stake")]).toEqual([
      940n,
      60n,
    ]);
  });

  test("over a second channel is another token", () => {
    const chain = setup();
    receive(chain, send(chain));
    const packet = send(chain, { from: bob, to: alice, denom: VOUCHER, amount: "30" });
    expect(decodePacketData(packet.data).denom).toBe("transfer/channel-1/stake");
    receive(chain, packet);
    const twice = ibcDenom(parseDenom("transfer/channel-1/transfer/channel-1/stake"));
    expect([chain.balance(alice, twice), chain.transfer.keeper.totalEscrow(chain.ctx, VOUCHER)]).toEqual([
      30n,
      30n,
    ]);
  });

  test("of the greatest amount takes all that can be spent", () => {
    const chain = setup();
    const packet = send(chain, { amount: ((1n << 256n) - 1n).toString() });
    expect([decodePacketData(packet.data).amount, chain.balance(alice)]).toEqual(["1000", 0n]);
    expect(() => send(chain, { amount: ((1n << 256n) - 1n).toString() })).toThrow(coded("transfer", 5));
  });

  test.each<[string, Order, string, number]>([
    ["more than there is", { amount: "1001" }, "sdk", 5],
    ["nothing", { amount: "0" }, "ibc", 6],
    ["less than nothing", { amount: "-5" }, "ibc", 6],
    ["a bad name", { denom: "1" }, "ibc", 6],
    ["an unfinished hash", { denom: "ibc/" }, "ibc", 6],
    ["a voucher nobody knows", { denom: `ibc/${"A".repeat(64)}` }, "transfer", 6],
    ["to nobody", { to: " " }, "ibc", 5],
    ["to too long a name", { to: "x".repeat(2049) }, "ibc", 5],
    ["with too long a memo", { memo: "ü".repeat(16_385) }, "transfer", 11],
    ["of nobody", { from: "alice" }, "ibc", 5],
  ])("of %s is refused", (_what, order, codespace, code) => {
    const chain = setup();
    expect(() => send(chain, order)).toThrow(coded(codespace, code));
    expect(chain.balance(alice)).toBe(1000n);
  });

  // The name of a channel that there is not is taken for a client of IBC v2.
  test.each<[string, { encoding?: string; timeoutTimestamp?: bigint }, string]>([
    [
      "clientv2/35",
      {},
      "send packet failed for source id: channel-9: counterparty not found for client: channel-9: counterparty not found",
    ],
    ["channelv2/8", { timeoutTimestamp: 0n }, "timeout must not be 0: invalid packet timeout"],
    [
      "ibc/12",
      { encoding: "text" },
      'invalid encoding provided, must be either empty or one of ["application/json", "application/x-protobuf"], got text: invalid type',
    ],
  ])("over a channel that is not there is refused: %s", (refusal, fields, text) => {
    const chain = setup();
    const order = {
      ...{ sourcePort: "transfer", sourceChannel: "channel-9", receiver: bob, memo: "", sender: alice },
      ...{ token: { denom: "stake", amount: 5n }, timeoutHeight: makeHeight(1n, 50n), timeoutTimestamp: 1n },
      ...fields,
    };
    const [codespace, code] = refusal.split("/");
    const refused = () => chain.transfer.keeper.sendTransfer(chain.ctx, order);
    expect(refused).toThrow(coded(codespace!, Number(code)));
    expect(refused).toThrow(new Error(text));
    expect(chain.balance(alice)).toBe(1000n);
  });

  test("is refused while sending is disabled, for all tokens or one", () => {
    const chain = setup();
    chain.bank.setSendEnabled(chain.ctx, "stake", false);
    expect(() => send(chain)).toThrow(coded("transfer", 7));
    chain.bank.setSendEnabled(chain.ctx, "stake", true);
    chain.transfer.keeper.setParams(chain.ctx, { sendEnabled: false, receiveEnabled: false });
    expect(chain.transfer.keeper.params(chain.ctx)).toEqual({ sendEnabled: false, receiveEnabled: false });
    expect(() => send(chain)).toThrow(coded("transfer", 7));
  });

  test("needs a timeout", () => {
    const chain = setup();
    const order = { sourcePort: "transfer", sourceChannel: "channel-0", receiver: bob, sender: alice };
    const token = { denom: "stake", amount: "5" };
    expect(() => chain.run(MsgTransfer, { ...order, token, timeoutHeight: ZERO_HEIGHT })).toThrow(
      coded("channel", 13),
    );
  });
});

describe("a packet that cannot be received", () => {
  test.each<[string, string, string]>([
    ["a receiver that is no address", "bob", errorAnswer(5)],
    ["a receiver that is blocked", jailed, errorAnswer(2)],
  ])("is answered with an error: %s; the sender gets all back", (_what, to, answer) => {
    const chain = setup();
    const packet = send(chain, { to });
    const acknowledgement = receive(chain, packet);
    expect(new TextDecoder().decode(acknowledgement)).toBe(answer);
    expect(chain.bank.getSupply(chain.ctx, VOUCHER)).toBe(0n);
    const events = acknowledge(chain, packet, acknowledgement);
    expect(events.at(-1)).toMatchObject({ type: "fungible_token_packet", attributes: [{ key: "error" }] });
    expect([chain.balance(alice), chain.transfer.keeper.totalEscrow(chain.ctx, "stake")]).toEqual([
      1000n,
      0n,
    ]);
    expect(acknowledge(chain, packet, acknowledgement)).toEqual([]);
  });

  test("is answered with an error while receiving is disabled", () => {
    const chain = setup();
    const packet = send(chain);
    chain.transfer.keeper.setParams(chain.ctx, { sendEnabled: true, receiveEnabled: false });
    expect(answerTo(chain, packet)).toBe(errorAnswer(8));
  });

  test("times out, and vouchers that were burned are made again", () => {
    const chain = setup();
    receive(chain, send(chain));
    const back = send(chain, { from: bob, to: alice, denom: VOUCHER, amount: "40", channel: "channel-1" });
    expect(chain.balance(bob, VOUCHER)).toBe(60n);
    const timeout = { packet: back, nextSequenceRecv: 1n, proofUnreceived: SENTINEL_PROOF };
    const later = atBlock(chain.ctx, { height: 100n });
    chain.run(MsgTimeout, { ...timeout, proofHeight: makeHeight(1n, 100n) }, later);
    expect([chain.balance(bob, VOUCHER), chain.bank.getSupply(chain.ctx, VOUCHER)]).toEqual([100n, 100n]);
  });
});

describe("a counterparty that lies", () => {
  /** A packet that arrives at channel-0 as if channel-1 had sent it. */
  function forged(chain: Chain, data: Uint8Array): Packet {
    const outgoing = {
      sourcePort: "transfer",
      timeoutHeight: makeHeight(1n, 100n),
      timeoutTimestamp: 0n,
      data,
    };
    const sequence = chain.ibc.channel.sendPacket(chain.ctx, { ...outgoing, sourceChannel: "channel-1" });
    return {
      ...outgoing,
      sequence,
      sourceChannel: "channel-1",
      destinationPort: "transfer",
      destinationChannel: "channel-0",
    };
  }
  const claim = (amount: string): Uint8Array =>
    packetDataBytes({ denom: "transfer/channel-1/stake", amount, sender: alice, receiver: bob, memo: "" });

  test("cannot release more than was locked, even if the escrow account holds more", () => {
    const chain = setup();
    send(chain);
    const gift = [{ denom: "stake", amount: 500n }];
    chain.bank.sendCoins(chain.ctx, account.decode(alice), escrowAddress("transfer", "channel-0"), gift);
    expect(answerTo(chain, forged(chain, claim("101")))).toBe(errorAnswer(3));
    expect(chain.balance(bob)).toBe(0n);
    expect(answerTo(chain, forged(chain, claim("100")))).toBe('{"result":"AQ=="}');
    expect([chain.balance(bob), chain.transfer.keeper.totalEscrow(chain.ctx, "stake")]).toEqual([100n, 0n]);
  });

  test.each([
    ["no JSON", utf8("garbage"), 12],
    [
      "an amount twice",
      utf8(`{"denom":"stake","amount":"1","amount":"2","sender":"a","receiver":"${"b"}"}`),
      12,
    ],
    ["an amount beyond 256 bits", claim((1n << 256n).toString()), 5],
    ["too long a memo", packetDataBytes({ ...decodePacketData(claim("1")), memo: "x".repeat(32_769) }), 11],
    ["a token without name", packetDataBytes({ ...decodePacketData(claim("1")), denom: "" }), 3],
    [
      "a home token no bank can hold",
      packetDataBytes({ ...decodePacketData(claim("1")), denom: "transfer/channel-1/!" }),
      6,
    ],
  ])("is answered with an error for %s", (_what, data, code) => {
    const chain = setup();
    expect(answerTo(chain, forged(chain, data))).toBe(errorAnswer(code));
  });

  test("cannot make the sender believe in an answer of another form", () => {
    const chain = setup();
    const packet = send(chain);
    receive(chain, packet);
    expect(() =>
      chain.transfer.app.onAcknowledgementPacket(chain.ctx, {
        packet,
        channelVersion: "ics20-1",
        relayer: new Uint8Array(20),
        acknowledgement: utf8("ok"),
      }),
    ).toThrow(coded("ibc", 4));
    expect(() => acknowledge(chain, packet, resultAcknowledgement(Uint8Array.of(2)).bytes)).toThrow(
      coded("client", 30),
    );
  });
});

describe("a transfer channel", () => {
  const opening = {
    portId: "transfer",
    channelId: "channel-5",
    ordering: ORDERING.unordered,
    connectionHops: [LOCALHOST_CONNECTION_ID],
    counterparty: { portId: "transfer", channelId: "" },
  };
  test("is unordered, on the bound port, of version ics20-1, and not closed by users", () => {
    const { transfer, ctx, run } = setup();
    const { app } = transfer;
    expect(app.onChanOpenInit(ctx, { ...opening, version: "" })).toBe("ics20-1");
    expect(app.onChanOpenTry(ctx, { ...opening, counterpartyVersion: "ics20-2" })).toBe("ics20-1");
    const init = (changes: object) => () =>
      app.onChanOpenInit(ctx, { ...opening, version: "ics20-1", ...changes });
    expect(init({ version: "ics20-2" })).toThrow(coded("transfer", 4));
    expect(init({ ordering: ORDERING.ordered })).toThrow(coded("channel", 6));
    expect(init({ portId: "transfer2" })).toThrow(coded("port", 4));
    expect(init({ channelId: "channel-4294967296" })).toThrow(coded("transfer", 9));
    expect(() => run(MsgChannelCloseInit, { portId: "transfer", channelId: "channel-0" })).toThrow(
      coded("ibc", 8),
    );
  });
});

describe("genesis", () => {
  test("of an older chain has traces, and what is escrowed is read from the accounts", () => {
    const chain = setup();
    send(chain);
    const { module } = chain.transfer;
    const old = {
      port_id: "transfer",
      denom_traces: [{ path: "transfer/channel-1", base_denom: "stake" }],
      params: { send_enabled: true, receive_enabled: false },
    };
    module.validateGenesis!(old);
    module.initGenesis!(chain.ctx, old, { deliverTx() {} });
    expect(chain.transfer.keeper.totalEscrow(chain.ctx, "stake")).toBe(100n);
    expect(chain.transfer.keeper.denomOf(chain.ctx, VOUCHER)).toEqual(parseDenom("transfer/channel-1/stake"));
    expect(module.exportGenesis!(chain.ctx)).toEqual({
      port_id: "transfer",
      denoms: [{ base: "stake", trace: [{ port_id: "transfer", channel_id: "channel-1" }] }],
      params: { send_enabled: true, receive_enabled: false },
      total_escrowed: [{ denom: "stake", amount: "100" }],
    });
  });

  test.each([
    ["a bad port", { port_id: "p" }],
    ["a token twice", { port_id: "transfer", denoms: [{ base: "a" }, { base: "a" }] }],
    ["a trace without token", { port_id: "transfer", denom_traces: [{ path: "transfer/channel-0" }] }],
    ["an unknown field", { port_id: "transfer", extra: 1 }],
    [
      "unsorted amounts",
      {
        port_id: "transfer",
        total_escrowed: [
          { denom: "bbb", amount: "1" },
          { denom: "aaa", amount: "1" },
        ],
      },
    ],
  ])("with %s is refused", (_what, genesis) => {
    expect(() => setup().transfer.module.validateGenesis!(genesis)).toThrow();
  });
});

test("a denomination is stored under its hash", () => {
  const chain = setup();
  receive(chain, send(chain));
  const denom = parseDenom("transfer/channel-1/stake");
  expect(VOUCHER).toBe(`ibc/${toHexUpper(denomHash(denom))}`);
  expect(chain.transfer.keeper.denom(chain.ctx, denomHash(denom))).toEqual(denom);
});
