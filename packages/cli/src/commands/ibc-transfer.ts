/** `tx ibc-transfer transfer`: sends coins over a channel (ICS-20), with the flags of ibc-go's command. */
import { sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { usageError } from "../exit-codes.ts";
import { coinOf } from "./fees.ts";
import type { TxSpec } from "./tx-spec.ts";

/** Ten minutes in ns, as in ibc-go. */
const DEFAULT_TIMEOUT_NS = 600_000_000_000n;
/** A denomination with the way that it came: port and channel of each hop, then the name it was born with. */
const TRACE = /^(?:[a-zA-Z0-9.+_#[\]<>-]{2,128}\/channel-\d+\/)+.+$/;

/** A denomination as the chain holds it: a path is replaced by `ibc/` and the hash of the path (ICS-20, ADR-001). */
export const denomOnChain = (denom: string): string =>
  TRACE.test(denom) ? `ibc/${toHexUpper(sha256(utf8(denom)))}` : denom;

function heightOf(text: string): { revisionNumber: bigint; revisionHeight: bigint } {
  const match = /^(\d{1,20})-(\d{1,20})$/.exec(text);
  if (match === null)
    throw usageError(`--packet-timeout-height takes REVISION-HEIGHT such as 0-1000, not "${text}"`);
  return { revisionNumber: BigInt(match[1]!), revisionHeight: BigInt(match[2]!) };
}

function nanoseconds(text: string): bigint {
  if (!/^\d{1,20}$/.test(text))
    throw usageError(`--packet-timeout-timestamp takes nanoseconds, not "${text}"`);
  return BigInt(text);
}

/**
 * The command. A timeout in nanoseconds counts from the time in the sending chain's latest header, where ibc-go's
 * command takes the local clock: the two differ only where the chain's clock is not the world's.
 */
export const TRANSFER: TxSpec = {
  module: "ibc-transfer",
  command: "transfer",
  args: ["<src-port>", "<src-channel>", "<receiver>", "<amount>"],
  about: "send coins over a channel of IBC",
  example: "transfer channel-0 cosmos1… 5stake --from alice",
  flags: [
    ["--packet-timeout-timestamp <ns>", "the packet's timeout in nanoseconds from now, default ten minutes"],
    ["--packet-timeout-height <height>", "the packet's timeout as REVISION-HEIGHT; with --absolute-timeouts"],
    ["--absolute-timeouts", "the timeouts are points, not spans"],
    ["--memo <text>", "memo of the packet"],
  ],
  async build({ address, timeNs }, [sourcePort, sourceChannel, receiver, amount], flags) {
    const text = (name: string): string | undefined =>
      typeof flags[name] === "string" ? (flags[name] as string) : undefined;
    const absolute = flags["absoluteTimeouts"] === true;
    const height = heightOf(text("packetTimeoutHeight") ?? "0-0");
    const given = text("packetTimeoutTimestamp");
    const timestamp = given === undefined ? (absolute ? 0n : DEFAULT_TIMEOUT_NS) : nanoseconds(given);
    if (!absolute && height.revisionHeight !== 0n)
      throw usageError("a timeout height is a point: it needs --absolute-timeouts");
    if (timestamp === 0n && height.revisionHeight === 0n) throw usageError("a packet needs a timeout");
    const { denom, amount: units } = coinOf(amount!);
    return {
      typeUrl: "/ibc.applications.transfer.v1.MsgTransfer",
      value: MsgTransfer.fromPartial({
        sourcePort: sourcePort!,
        sourceChannel: sourceChannel!,
        token: { denom: denomOnChain(denom), amount: units },
        sender: address,
        receiver: receiver!,
        timeoutHeight: height,
        timeoutTimestamp: absolute ? timestamp : (await timeNs()) + timestamp,
        memo: text("memo") ?? "",
      }),
    };
  },
};
