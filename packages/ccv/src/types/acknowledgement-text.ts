/** Acknowledgements read, and shown in events in the text form of Go's protobuf messages. */
import { utf8 } from "@tandem-ics/crypto";
import { type AcknowledgementContent, decodeAcknowledgement } from "@tandem-ics/ibc";
import { sdkErrors } from "@tandem-ics/runtime";
import { quotedBytes } from "./quoted-bytes.ts";

export type { AcknowledgementContent } from "@tandem-ics/ibc";

/** Content of an acknowledgement. Throws `sdk/6` for bytes that are no standard one. */
export function readAcknowledgement(bytes: Uint8Array): AcknowledgementContent {
  const content = decodeAcknowledgement(bytes);
  if (content === undefined) throw sdkErrors.unknownRequest("cannot unmarshal packet acknowledgement");
  return content;
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
