/** The recorded life of two ibc-go chains, replayed message by message: same codes, events, results and state. */

import { absentCommitSig } from "@tandem-ics/comet";
import { fromBase64, fromHex, toBase64, toHex } from "@tandem-ics/crypto";
import {
  createIbcModule,
  createTransferModule,
  type Height,
  type IbcApp,
  type IbcModule,
  parseHeight,
  type TransferModule,
} from "@tandem-ics/ibc";
import { createAuthModule, createBankModule } from "@tandem-ics/modules";
import { parseTimestamp } from "@tandem-ics/proto";
import {
  atBlock,
  CodedError,
  type Context,
  createAddressCodecs,
  createTestContext,
  type Event,
  type GenesisServices,
} from "@tandem-ics/runtime";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { Any } from "cosmjs-types/google/protobuf/any";
import { MsgTransferResponse } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import {
  MsgAcknowledgement,
  MsgChannelOpenAck,
  MsgChannelOpenConfirm,
  MsgChannelOpenTry,
  MsgRecvPacket,
  MsgTimeout,
} from "cosmjs-types/ibc/core/channel/v1/tx";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import {
  MsgConnectionOpenAck,
  MsgConnectionOpenConfirm,
  MsgConnectionOpenTry,
} from "cosmjs-types/ibc/core/connection/v1/tx";
import { Header as TendermintHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { SignedHeader } from "cosmjs-types/tendermint/types/types";
import { describeEach, presenceTest, testEach } from "../each.ts";
import { hasKeys, vectorFiles } from "./load.ts";

interface RecordedEvent {
  readonly type: string;
  readonly attributes: readonly (readonly [string, string])[];
}

interface Op {
  readonly height: string;
  readonly time: string;
  readonly types?: readonly string[];
  readonly messages?: readonly string[];
  readonly code?: number;
  readonly codespace?: string;
  readonly data?: string;
  readonly events?: readonly RecordedEvent[];
  readonly sequence?: string;
  readonly sendPacket?: {
    readonly port: string;
    readonly channel: string;
    readonly timeoutHeight: string;
    readonly timeoutTimestamp: string;
    readonly data: string;
  };
}

interface Recording {
  readonly chainId: string;
  readonly ops: readonly Op[];
  readonly ibcStore: readonly string[];
}

const addresses = createAddressCodecs("cosmos");

const CORE_EVENT =
  /^(create_client|update_client|upgrade_client|client_misbehaviour|connection_open_\w+|channel_\w+|(send|recv|timeout|acknowledge)_packet|write_acknowledgement)$/;
const MSG_TRANSFER = "/ibc.applications.transfer.v1.MsgTransfer";

const attribute = ({ attributes }: RecordedEvent, key: string): string =>
  attributes.find(([name]) => name === key)![1];

/** Core events, each with the `message` event that belongs to it. */
const coreEvents = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  events.filter(
    (event) =>
      CORE_EVENT.test(event.type) ||
      (event.type === "message" && event.attributes.some(([, value]) => value.startsWith("ibc_"))),
  );

const withIndex = ({ type, attributes }: Event, index: number): RecordedEvent => ({
  type,
  attributes: [...attributes.map(({ key, value }) => [key, value] as const), ["msg_index", String(index)]],
});

/** An application that answers what the recorded one answered. */
const recordedApp = (current: () => Op): IbcApp => ({
  onChanOpenInit: (_ctx, { version }) => version,
  onChanOpenTry: (_ctx, { counterpartyVersion }) => counterpartyVersion,
  onChanOpenAck() {},
  onChanOpenConfirm() {},
  onChanCloseInit() {},
  onChanCloseConfirm() {},
  onRecvPacket() {
    const event = current().events!.find(({ type }) => type === "write_acknowledgement")!;
    const bytes = fromHex(attribute(event, "packet_ack_hex"));
    return { success: !new TextDecoder().decode(bytes).startsWith('{"error"'), bytes };
  },
  onAcknowledgementPacket() {},
  onTimeoutPacket() {},
});

/** MsgTransfer without coins: sends the packet that the recording says it sent. */
function sendRecorded({ ibc }: Chain, ctx: Context, op: Op): Uint8Array {
  const event = op.events!.find(({ type }) => type === "send_packet")!;
  const sequence = ibc.channel.sendPacket(ctx, {
    sourcePort: attribute(event, "packet_src_port"),
    sourceChannel: attribute(event, "packet_src_channel"),
    timeoutHeight: parseHeight(attribute(event, "packet_timeout_height"))!,
    timeoutTimestamp: BigInt(attribute(event, "packet_timeout_timestamp")),
    data: fromHex(attribute(event, "packet_data_hex")),
  });
  return MsgTransferResponse.encode({ sequence }).finish();
}

const noTransactions: GenesisServices = { deliverTx() {} };

/** A chain under replay. */
interface Chain {
  readonly ibc: IbcModule;
  /** The real ICS-20 module; without it MsgTransfer is played from the recording. */
  readonly transfer?: TransferModule;
  readonly state: Context;
  now: Op | undefined;
}

/** A new chain whose applications answer what the recorded ones answered. */
function createPlainChain(chainId: string): Chain {
  const ibc = createIbcModule({ address: addresses.account, authority: "" });
  const state = createTestContext({ stores: [ibc.module], chainId });
  ibc.module.initGenesis!(state, ibc.module.defaultGenesis!(), noTransactions);
  const chain: Chain = { ibc, state, now: undefined };
  const app = recordedApp(() => chain.now!);
  ibc.router.add("transfer", app).add("mock", app);
  return chain;
}

/** A new chain with bank and ICS-20; the senders of transfers have coins. */
function createTransferChain(chainId: string, ops: readonly Op[]): Chain {
  const ibc = createIbcModule({ address: addresses.account, authority: "" });
  const auth = createAuthModule({
    addresses,
    permissions: { transfer: ["minter", "burner"] },
    authority: "",
  });
  const bank = createBankModule({ addresses, auth: auth.keeper, authority: "", blocked: [] });
  const transfer = createTransferModule({
    address: addresses.account,
    authority: "",
    bank: bank.keeper,
    accounts: auth.keeper,
    channels: ibc.channel,
  });
  const modules = [auth.module, bank.module, ibc.module, transfer.module];
  const state = createTestContext({ stores: modules, chainId });
  for (const module of modules) module.initGenesis!(state, module.defaultGenesis!(), noTransactions);
  for (const op of ops)
    for (const { type, attributes } of op.events ?? []) {
      if (type !== "ibc_transfer") continue;
      const funds = [{ denom: "stake", amount: 1_000n }];
      bank.keeper.mintCoins(state, "transfer", funds);
      const sender = addresses.account.decode(attributes.find(([key]) => key === "sender")![1]);
      bank.keeper.sendCoins(state, auth.keeper.getModuleAddress("transfer"), sender, funds);
    }
  const chain: Chain = { ibc, transfer, state, now: undefined };
  ibc.router.add("transfer", transfer.app).add(
    "mock",
    recordedApp(() => chain.now!),
  );
  return chain;
}

interface Result {
  readonly code: number;
  readonly codespace: string;
  readonly data: string;
  readonly events: readonly RecordedEvent[];
}

/** One transaction: all of its messages, or none. */
function deliver(chain: Chain, op: Op, messages = op.messages!): Result {
  const tx = blockOf(chain, op).branch();
  const routes = [...chain.ibc.module.messages!, ...(chain.transfer?.module.messages ?? [])];
  const events: RecordedEvent[] = [];
  const msgResponses: Any[] = [];
  chain.now = op;
  try {
    messages.forEach((encoded, index) => {
      const { typeUrl, value } = Any.decode(fromBase64(encoded));
      const message = tx.ctx.branch();
      const route = routes.find((candidate) => candidate.typeUrl === typeUrl);
      route?.validate(value);
      const response = route?.run(message.ctx, value) ?? sendRecorded(chain, message.ctx, op);
      msgResponses.push({ typeUrl: route?.responseTypeUrl ?? `${typeUrl}Response`, value: response });
      events.push(...message.ctx.events.events.map((event) => withIndex(event, index)));
      message.commit();
    });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { code: error.code, codespace: error.codespace, data: "", events: [] };
  }
  tx.commit();
  return {
    code: 0,
    codespace: "",
    data: toBase64(TxMsgData.encode({ data: [], msgResponses }).finish()),
    events,
  };
}

const blockOf = ({ state }: Chain, op: Op): Context =>
  atBlock(state, { height: BigInt(op.height), timeNs: parseTimestamp(op.time) });

/** A packet that a module sent of its own. */
function sendOfModule(chain: Chain, op: Op): bigint {
  const { port, channel, timeoutHeight, timeoutTimestamp, data } = op.sendPacket!;
  return chain.ibc.channel.sendPacket(blockOf(chain, op), {
    sourcePort: port,
    sourceChannel: channel,
    timeoutHeight: parseHeight(timeoutHeight)!,
    timeoutTimestamp: BigInt(timeoutTimestamp),
    data: fromHex(data),
  });
}

/** Whether a store is the same after export from one chain and import, by way of JSON text, into another. */
function copyOf(from: Chain, to: Chain, store: string): boolean {
  const moduleOf = (chain: Chain) => (store === "ibc" ? chain.ibc : chain.transfer!).module;
  const json = JSON.stringify(moduleOf(from).exportGenesis!(from.state));
  moduleOf(to).validateGenesis!(JSON.parse(json));
  moduleOf(to).initGenesis!(to.state, JSON.parse(json), noTransactions);
  const text = ({ state }: Chain) =>
    Array.from(state.kv(store).iterate(), ([key, value]) => `${toHex(key)}=${toHex(value)}`).join();
  return text(from) === text(to);
}

const storeOf = ({ state }: Chain): string[] =>
  Array.from(state.kv("ibc").iterate(), ([key, value]) => `${toHex(key)}=${toHex(value)}`).sort();

/** What the application adds around a message, and what the mock application tells, is left out. */
const moduleEvents = (events: readonly RecordedEvent[]): RecordedEvent[] =>
  events.filter(
    ({ type, attributes }) => !type.startsWith("mock-") && !attributes.some(([key]) => key === "action"),
  );

const titled = (ops: readonly Op[]) =>
  ops.map((op) => [`${op.height} ${op.types?.join(" ") ?? "packet of a module"}`, op] as const);

type PacketMessage = { packet: Packet; proofHeight: Height };
// biome-ignore lint/suspicious/noExplicitAny: codecs of several messages, chosen by type URL
const codecs: Readonly<Record<string, { decode(bytes: Uint8Array): any; encode(message: any): any }>> =
  Object.fromEntries(
    [
      MsgUpdateClient,
      MsgConnectionOpenTry,
      MsgConnectionOpenAck,
      MsgConnectionOpenConfirm,
      MsgChannelOpenTry,
      MsgChannelOpenAck,
      MsgChannelOpenConfirm,
      MsgRecvPacket,
      MsgAcknowledgement,
      MsgTimeout,
    ].map((codec) => [codec.typeUrl, codec]),
  );
const PROOFS = ["proofInit", "proofTry", "proofAck", "proofCommitment", "proofAcked", "proofUnreceived"];

/** The message with what `change` gives, as an Any; `undefined` if `change` gives nothing. */
function alter<T extends object>(
  any: Any,
  change: (message: T) => Partial<T> | undefined,
): Uint8Array | undefined {
  const codec = codecs[any.typeUrl];
  const message = codec?.decode(any.value);
  const changes = message === undefined ? undefined : change(message);
  if (codec === undefined || changes === undefined) return undefined;
  return Any.encode({
    typeUrl: any.typeUrl,
    value: codec.encode({ ...message, ...changes }).finish(),
  }).finish();
}

const bump = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));

const withPacket = (any: Any, change: (packet: Packet) => Packet): Uint8Array | undefined =>
  alter<PacketMessage>(any, (message) => message.packet && { packet: change(message.packet) });

const alterProof = (any: Any): Uint8Array | undefined =>
  alter<Record<string, Uint8Array>>(any, (message) => {
    const name = PROOFS.find((field) => message[field] !== undefined);
    return name === undefined ? undefined : { [name]: bump(message[name]!) };
  });

const alterProofHeight = (any: Any): Uint8Array | undefined =>
  alter<PacketMessage>(
    any,
    ({ proofHeight }) =>
      proofHeight && { proofHeight: { ...proofHeight, revisionHeight: proofHeight.revisionHeight + 1n } },
  );

const alterAcknowledgement = (any: Any): Uint8Array | undefined =>
  alter<{ acknowledgement: Uint8Array }>(
    any,
    ({ acknowledgement }) =>
      acknowledgement && { acknowledgement: new TextEncoder().encode('{"result":"Ag=="}') },
  );

/** Changes the signed header inside an update. */
const alterHeader = (any: Any, change: (signed: SignedHeader) => SignedHeader): Uint8Array | undefined =>
  alter<MsgUpdateClient>(any, ({ clientMessage }) => {
    if (clientMessage === undefined) return undefined;
    const header = TendermintHeader.decode(clientMessage.value);
    const signedHeader = change(header.signedHeader!);
    const value = TendermintHeader.encode({ ...header, signedHeader }).finish();
    return { clientMessage: { ...clientMessage, value } };
  });

/** All signatures but the first are missing. */
const weakenHeader = (any: Any): Uint8Array | undefined =>
  alterHeader(any, ({ header, commit }) => ({
    header: header!,
    commit: {
      ...commit!,
      signatures: commit!.signatures.map((signature, i) => (i === 0 ? signature : absentCommitSig())),
    },
  }));

const forgeHeader = (any: Any): Uint8Array | undefined =>
  alterHeader(any, ({ header, commit }) => ({
    header: { ...header!, appHash: bump(header!.appHash) },
    commit: commit!,
  }));

const files = vectorFiles(hasKeys("a", "b"));

presenceTest("there are recorded chains", () => {
  expect(files.length).toBeGreaterThan(0);
});

/** Numbers below `end`, the same in each run. */
function createRandom(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % end;
  };
}

/** The message with a byte changed, a part left out, or cut off; its type stays. */
function damage(bytes: Uint8Array, random: (end: number) => number): string {
  const { typeUrl, value } = Any.decode(bytes);
  const at = random(value.length);
  const damaged = [
    () => value.map((byte, i) => (i === at ? random(256) : byte)),
    () => Uint8Array.from([...value.slice(0, at), ...value.slice(at + 1 + random(40))]),
    () => value.slice(0, at),
    () => Uint8Array.from([...value.slice(0, at), random(256), ...value.slice(at)]),
  ][random(4)]!();
  return toBase64(Any.encode({ typeUrl, value: damaged }).finish());
}

/** What a relayer may change in a message; `undefined` when the message has no such part. */
const LIES: readonly (readonly [string, (message: Any) => Uint8Array | undefined])[] = [
  ["packet data is altered", (any) => withPacket(any, (packet) => ({ ...packet, data: bump(packet.data) }))],
  [
    "timeout is altered",
    (any) => withPacket(any, (packet) => ({ ...packet, timeoutTimestamp: packet.timeoutTimestamp + 1n })),
  ],
  [
    "sequence is altered",
    (any) => withPacket(any, (packet) => ({ ...packet, sequence: packet.sequence + 90n })),
  ],
  ["proof is altered", alterProof],
  ["proof is of another height", alterProofHeight],
  ["acknowledgement is altered", alterAcknowledgement],
  ["header has too little power", weakenHeader],
  ["header has another app hash", forgeHeader],
];

describeEach(files)("recorded chains $path", ({ json }) => {
  describeEach(["a", "b"])("chain %s", (side) => {
    const { chainId, ops, ibcStore } = json[side] as Recording;
    const chain = createPlainChain(chainId);

    testEach(titled(ops))("%s", (_name, op) => {
      if (op.sendPacket !== undefined) {
        expect(sendOfModule(chain, op).toString()).toBe(op.sequence);
        return;
      }
      const result = deliver(chain, op);
      expect([result.codespace, result.code]).toEqual([op.codespace, op.code]);
      expect(coreEvents(result.events)).toEqual(coreEvents(op.events ?? []));
      if (op.code === 0) expect(result.data).toBe(op.data);
    });

    test("leaves the recorded state", () => {
      expect(storeOf(chain)).toEqual([...ibcStore].sort());
    });
  });

  describeEach(["a", "b"])("chain %s with real coins", (side) => {
    const { chainId, ops, ibcStore } = json[side] as Recording;
    const chain = createTransferChain(chainId, ops);

    testEach(titled(ops))("%s", (_name, op) => {
      if (op.sendPacket !== undefined) {
        sendOfModule(chain, op);
        return;
      }
      const result = deliver(chain, op);
      expect([result.codespace, result.code]).toEqual([op.codespace, op.code]);
      expect(result.events).toEqual(moduleEvents(op.events ?? []));
      if (op.code === 0) expect(result.data).toBe(op.data);
    });

    test("leaves the recorded state", () => {
      expect(storeOf(chain)).toEqual([...ibcStore].sort());
    });

    test("goes on from an export of its state", () => {
      const restarted = createTransferChain(chainId, []);
      for (const store of ["ibc", "transfer"]) expect(copyOf(chain, restarted, store)).toBe(true);
    });
  });

  const told = new Set<string>();

  describeEach(["a", "b"])("lies of a relayer to chain %s", (side) => {
    const { chainId, ops } = json[side] as Recording;
    const chain = createPlainChain(chainId);
    testEach(titled(ops))("change nothing before %s", (_name, op) => {
      if (op.sendPacket !== undefined) {
        sendOfModule(chain, op);
        return;
      }
      const before = storeOf(chain);
      for (const [lie, alter] of op.code === 0 ? LIES : []) {
        const altered = op.messages!.map((encoded) => alter(Any.decode(fromBase64(encoded))));
        if (altered.some((value) => value === undefined)) continue;
        told.add(lie);
        const messages = altered.map((value) => toBase64(value!));
        expect([lie, coreEvents(deliver(chain, op, messages).events)]).toEqual([lie, []]);
        expect(storeOf(chain)).toEqual(before);
      }
      deliver(chain, op);
      if (op.code !== 0 || op.types!.includes(MSG_TRANSFER)) return;
      // the same message once more: refused, or nothing happens
      if (/MsgCreateClient|OpenInit|OpenTry/.test(op.types![0]!)) return; // these make something new each time
      const after = storeOf(chain);
      const replayed = coreEvents(deliver(chain, op).events).filter(({ type }) => type !== "message");
      expect(replayed.filter(({ type }) => type !== "update_client")).toEqual([]);
      expect(storeOf(chain)).toEqual(after);
    });
  });

  describeEach(["a", "b"])("damaged messages to chain %s", (side) => {
    const { chainId, ops } = json[side] as Recording;
    const chain = createTransferChain(chainId, ops);
    const random = createRandom(side === "a" ? 7 : 11);

    testEach(titled(ops))("are refused by a code, never by a fault, before %s", (_name, op) => {
      if (op.sendPacket !== undefined) {
        sendOfModule(chain, op);
        return;
      }
      chain.now = op;
      // deliver passes on whatever is no coded refusal
      for (let i = 0; i < 40; i++) {
        const branch = { ...chain, state: chain.state.branch().ctx };
        deliver(
          branch,
          op,
          op.messages!.map((encoded) => damage(fromBase64(encoded), random)),
        );
      }
      deliver(chain, op);
    });
  });

  test("every lie was told", () => {
    expect([...told].sort()).toEqual(LIES.map(([lie]) => lie).sort());
  });
});
