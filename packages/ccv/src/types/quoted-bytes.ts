/** Bytes in the text form of Go's protobuf messages (`gogo/protobuf` text format). */

const ESCAPES: Readonly<Record<number, string>> = { 9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 92: "\\\\" };

/** Bytes as a quoted string: what is not printable ASCII as three octal digits. */
export function quotedBytes(bytes: Uint8Array): string {
  let out = '"';
  for (const byte of bytes)
    out +=
      ESCAPES[byte] ??
      (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`);
  return `${out}"`;
}
