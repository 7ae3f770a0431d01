/** The recorded life of two ibc-go chains, replayed message by message: same codes, events, results and state. */
import { fromBase64, fromHex, toBase64, toHex } from "@tandem-ics/crypto";
import { createIbcModule, type IbcApp, type IbcModule, parseHeight } from "@tandem-ics/ibc";
import { parseTimestamp } from "@tandem-ics/proto";
import {
  atBlock,
  CodedError,
  type Context,
  createAddressCodecs,
  createTestContext,
  type Event,
} from "@tandem-ics/runtime";
import { TxMsgData } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import { Any } from "cosmjs-types/google/protobuf/any";
import { MsgTransferResponse } from "cosmjs-types/ibc/applications/transfer/v1/tx";
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
function sendRecorded(ibc: IbcModule, ctx: Context, op: Op): Uint8Array {
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

interface Result {
  readonly code: number;
  readonly codespace: string;
  readonly data: string;
  readonly events: readonly RecordedEvent[];
}

/** One transaction: all of its messages, or none. */
function deliver(ibc: IbcModule, ctx: Context, op: Op): Result {
  const tx = ctx.branch();
  const events: RecordedEvent[] = [];
  const msgResponses: Any[] = [];
  try {
    op.messages!.forEach((encoded, index) => {
      const { typeUrl, value } = Any.decode(fromBase64(encoded));
      const message = tx.ctx.branch();
      const route = ibc.module.messages!.find((candidate) => candidate.typeUrl === typeUrl);
      route?.validate(value);
      const response =
        typeUrl === MSG_TRANSFER ? sendRecorded(ibc, message.ctx, op) : route!.run(message.ctx, value);
      msgResponses.push({ typeUrl: route?.responseTypeUrl ?? `${typeUrl}Response`, value: response });
      events.push(...message.ctx.events.events.map((event) => withIndex(event, index)));
      message.commit();
    });
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { code: error.code, codespace: error.codespace, data: "", events: [] };
  }
  tx.commit();
  return { code: 0, codespace: "", data: toBase64(TxMsgData.encode({ data: [], msgResponses }).finish()), events };
}

describe.each(vectorFiles(hasKeys("a", "b")))("recorded chains $path", ({ json }) => {
  describe.each(["a", "b"])("chain %s", (side) => {
    const { chainId, ops, ibcStore } = json[side] as Recording;
    let now: Op;
    const ibc = createIbcModule({ address: createAddressCodecs("cosmos").account, authority: "" });
    const app = recordedApp(() => now);
    ibc.router.add("transfer", app).add("mock", app);
    const genesis = createTestContext({ stores: [ibc.module], chainId });
    ibc.module.initGenesis!(genesis, ibc.module.defaultGenesis!());

    test.each(
      ops.map((op) => [`${op.height} ${op.types?.join(" ") ?? "packet of a module"}`, op] as const),
    )("%s", (_name, op) => {
      now = op;
      const ctx = atBlock(genesis, { height: BigInt(op.height), timeNs: parseTimestamp(op.time) });
      if (op.sendPacket !== undefined) {
        const { port, channel, timeoutHeight, timeoutTimestamp, data } = op.sendPacket;
        const sequence = ibc.channel.sendPacket(ctx, {
          sourcePort: port,
          sourceChannel: channel,
          timeoutHeight: parseHeight(timeoutHeight)!,
          timeoutTimestamp: BigInt(timeoutTimestamp),
          data: fromHex(data),
        });
        expect(sequence.toString()).toBe(op.sequence);
        return;
      }
      const result = deliver(ibc, ctx, op);
      expect([result.codespace, result.code]).toEqual([op.codespace, op.code]);
      expect(coreEvents(result.events)).toEqual(coreEvents(op.events ?? []));
      if (op.code === 0) expect(result.data).toBe(op.data);
    });

    test("leaves the recorded state", () => {
      const state = Array.from(genesis.kv("ibc").iterate(), ([key, value]) => `${toHex(key)}=${toHex(value)}`);
      expect(state.sort()).toEqual([...ibcStore].sort());
    });
  });
});

test("there are recorded chains", () => {
  expect(vectorFiles(hasKeys("a", "b")).length).toBeGreaterThan(0);
});
