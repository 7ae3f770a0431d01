/** Events of ICS-20 (ibc-go v10 `transfer/internal/events`). `denom` is the path, not the hash. */
import { toHexUpper, utf8 } from "@tandem-ics/crypto";
import type { Context } from "@tandem-ics/runtime";
import type { Denom, Token } from "cosmjs-types/ibc/applications/transfer/v1/token";
import type { AcknowledgementContent } from "../04-channel/acknowledgement.ts";
import { goJsonString } from "../04-channel/acknowledgement.ts";
import { denomHash, denomJson, denomPath } from "./denom.ts";
import type { TransferData } from "./packet-data.ts";
import { TRANSFER } from "./state.ts";

const attributesOf = ({ token, sender, receiver, memo }: TransferData) => ({
  sender,
  receiver,
  denom: denomPath(token.denom),
  amount: token.amount,
  memo,
});

const emitModule = (ctx: Context): void => ctx.emit("message", { module: TRANSFER });

/** `ibc_transfer`: tokens were sent. */
export function emitTransfer(ctx: Context, data: TransferData): void {
  ctx.emit("ibc_transfer", attributesOf(data));
  emitModule(ctx);
}

/** What events tell of a packet that cannot be read. */
export const UNREADABLE: TransferData = {
  token: { denom: { base: "", trace: [] }, amount: "" },
  sender: "",
  receiver: "",
  memo: "",
};

/** `fungible_token_packet`: tokens were received, or why not. */
export function emitReceived(ctx: Context, data: TransferData, error: string | undefined): void {
  ctx.emit("fungible_token_packet", {
    ...attributesOf(data),
    success: String(error === undefined),
    ...(error === undefined ? {} : { error }),
  });
  emitModule(ctx);
}

/** Two `fungible_token_packet`: the answer as a whole, then its result or error. */
export function emitAcknowledged(ctx: Context, data: TransferData, answer: AcknowledgementContent): void {
  const [field, bytes] = "result" in answer ? ["result", answer.result] : ["error", utf8(answer.error)];
  ctx.emit("fungible_token_packet", {
    ...attributesOf(data),
    acknowledgement: `${field}:${protoTextString(bytes as Uint8Array)} `,
  });
  emitModule(ctx);
  // the raw bytes of a result are text for Go
  ctx.emit(
    "fungible_token_packet",
    "result" in answer ? { success: new TextDecoder().decode(answer.result) } : { error: answer.error },
  );
}

/** Bytes in protobuf's text format: printable ASCII, C escapes and octal. */
function protoTextString(bytes: Uint8Array): string {
  const escapes: Readonly<Record<number, string>> = { 10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 92: "\\\\" };
  const text = Array.from(bytes, (byte) => {
    if (escapes[byte] !== undefined) return escapes[byte];
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${text.join("")}"`;
}

const tokenJson = ({ denom, amount }: Token): string =>
  `{"denom":${denomJson(denom)}${amount === "" ? "" : `,"amount":${goJsonString(amount)}`}}`;

/** `timeout`: tokens went back to their sender. */
export function emitTimedOut(ctx: Context, { token, sender, memo }: TransferData): void {
  ctx.emit("timeout", { receiver: sender, refund_tokens: tokenJson(token), memo });
  emitModule(ctx);
}

/** `denomination`: what an `ibc/…` name stands for. */
export const emitDenom = (ctx: Context, denom: Denom): void =>
  ctx.emit("denomination", { denom_hash: toHexUpper(denomHash(denom)), denom: denomJson(denom) });
