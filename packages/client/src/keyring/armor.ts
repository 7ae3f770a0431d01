/** OpenPGP's ASCII armor (RFC 4880 §6), as `golang.org/x/crypto/openpgp/armor` writes and reads it. */
import { fromBase64, toBase64 } from "@tandem-ics/crypto";
import { KeyringError } from "./errors.ts";

/** An armored block. */
export interface Armor {
  /** The words between the dashes, such as `TENDERMINT PRIVATE KEY`. */
  readonly type: string;
  /** Names as written; a name that comes twice keeps its last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly data: Uint8Array;
}

const LINE_LENGTH = 64;
const CRC_START = 0xb704ce;
const CRC_POLYNOMIAL = 0x1864cfb;

function crc24(data: Uint8Array): Uint8Array {
  let crc = CRC_START;
  for (const byte of data) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= CRC_POLYNOMIAL;
    }
  }
  return Uint8Array.of(crc >> 16, crc >> 8, crc);
}

/** Armors `data`, with a checksum. The last line has no line break, as in Go. */
export function encodeArmor({ type, headers, data }: Armor): string {
  const body = toBase64(data).match(new RegExp(`.{1,${LINE_LENGTH}}`, "g")) ?? [];
  return [
    `-----BEGIN ${type}-----`,
    ...Array.from(headers, ([name, value]) => `${name}: ${value}`),
    "",
    ...body,
    `=${toBase64(crc24(data))}`,
    `-----END ${type}-----`,
  ].join("\n");
}

function bytesOf(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch (cause) {
    throw new KeyringError("bad-armor", "the armor holds something that is no base64", { cause });
  }
}

/**
 * Reads the first block of a text; what stands before and after it does not matter, nor do line breaks of other
 * systems. Throws `bad-armor` for a text without a whole block, or one whose checksum tells of a damage.
 */
export function decodeArmor(text: string): Armor {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  const first = lines.findIndex((line) => /^-----BEGIN .+-----$/.test(line));
  if (first < 0) throw new KeyringError("bad-armor", "there is no line -----BEGIN …-----");
  const type = lines[first]!.slice("-----BEGIN ".length, -"-----".length);
  const last = lines.indexOf(`-----END ${type}-----`, first);
  if (last < 0) throw new KeyringError("bad-armor", `there is no line -----END ${type}-----`);
  const block = lines.slice(first + 1, last);
  const gap = block.indexOf("");
  // Without headers the empty line may be missing.
  const headerLines = gap < 0 ? [] : block.slice(0, gap);
  const headers = new Map<string, string>();
  for (const line of headerLines) {
    const colon = line.indexOf(": ");
    if (colon < 0) throw new KeyringError("bad-armor", "a header of the armor has no colon");
    headers.set(line.slice(0, colon), line.slice(colon + 2));
  }
  const body = block.slice(gap + 1).filter((line) => line !== "");
  const sum = body.at(-1)?.startsWith("=") ? body.pop()!.slice(1) : undefined;
  const data = bytesOf(body.join(""));
  if (sum !== undefined && sum !== toBase64(crc24(data)))
    throw new KeyringError("bad-armor", "the armor is damaged: its checksum is another one");
  return { type, headers, data };
}
