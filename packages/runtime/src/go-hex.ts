/** Hexadecimal text as Go reads it (`encoding/hex`): what is wrong with it is shown to clients in Go's words. */
import { fromHex, utf8 } from "@tandem-ics/crypto";
import { plainError } from "./errors.ts";

/** Bytes of `text`. Throws an untyped refusal in the words of Go's decoder. */
export function fromGoHex(text: string): Uint8Array {
  const bad = /[^0-9a-fA-F]/u.exec(text)?.[0];
  if (bad !== undefined) {
    const code = utf8(bad)[0]!.toString(16).toUpperCase().padStart(4, "0");
    const shown = bad >= " " && bad <= "~" ? ` '${bad === "'" || bad === "\\" ? `\\${bad}` : bad}'` : "";
    throw plainError(`encoding/hex: invalid byte: U+${code}${shown}`);
  }
  if (text.length % 2 === 1) throw plainError("encoding/hex: odd length hex string");
  return fromHex(text);
}
