/** Acknowledgements read, and shown in events in the text form of Go's protobuf messages. */
import { utf8 } from "@tandem-ics/crypto";
import { type AcknowledgementContent, decodeAcknowledgement } from "@tandem-ics/ibc";
import { sdkErrors } from "@tandem-ics/runtime";

export type { AcknowledgementContent } from "@tandem-ics/ibc";

/** Content of an acknowledgement. Throws `sdk/6` for bytes that are no standard one. */
export function readAcknowledgement(bytes: Uint8Array): AcknowledgementContent {
  const content = decodeAcknowledgement(bytes);
  if (content === undefined) throw sdkErrors.unknownRequest("cannot unmarshal packet acknowledgement");
  return content;
}

const ESCAPES: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\" };

/** Bytes as a quoted string: what is not printable ASCII as three octal digits (Go `golang/protobuf` text form). */
export function quotedBytes(bytes: Uint8Array): string {
  let out = '"';
  for (const byte of bytes)
    out +=
      ESCAPES[byte] ??
      (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`);
  return `${out}"`;
}

/** `result:"\001" `, with the blank at the end. */
export const acknowledgementText = (content: AcknowledgementContent): string =>
  "result" in content
    ? `result:${quotedBytes(content.result)} `
    : `error:${quotedBytes(utf8(content.error))} `;

/** The attribute that follows in a second event: the raw result byte, or the error. */
export const acknowledgementAttribute = (
  content: AcknowledgementContent,
): Readonly<Record<string, string>> =>
  "result" in content ? { success: String.fromCharCode(...content.result) } : { error: content.error };
