/** The one accepted byte form of `TxRaw` (ADR-027): fields in ascending order, minimal lengths, nothing else. */
import { EMPTY } from "@tandem-ics/crypto";
import { sdkErrors } from "../sdk-errors.ts";

const BYTES = 2;
const LAST_FIELD = 3;
const SIGNATURES = 3;

/** The three fields of `TxRaw`, as views into the transaction's bytes. */
export interface RawTx {
  readonly bodyBytes: Uint8Array;
  readonly authInfoBytes: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/**
 * Splits the bytes of a transaction. There is no second encoding of the same transaction, so that its hash cannot be
 * changed by others.
 * @throws `sdk/2` for anything that is not canonical.
 */
export function splitTx(bytes: Uint8Array): RawTx {
  let bodyBytes = EMPTY;
  let authInfoBytes = EMPTY;
  const signatures: Uint8Array[] = [];
  let previous = 0;
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at]!;
    const field = tag >>> 3;
    if (field === 0) throw sdkErrors.txDecode("invalid length; proto: invalid field number");
    if (tag >= 0x80 || field > LAST_FIELD) throw sdkErrors.txDecode("TxRaw has an unknown field");
    if ((tag & 7) !== BYTES) throw sdkErrors.txDecode(`expected ${BYTES} wire type, got ${tag & 7}`);
    if (field < previous || (field === previous && field !== SIGNATURES))
      throw sdkErrors.txDecode(`txRaw must follow ADR-027, got tagNum ${field} after tagNum ${previous}`);
    previous = field;
    const { value: length, next } = readLength(bytes, at + 1, field);
    const end = next + length;
    if (end > bytes.length) throw sdkErrors.txDecode("unexpected EOF");
    const content = bytes.subarray(next, end);
    if (field === 1) bodyBytes = content;
    else if (field === 2) authInfoBytes = content;
    else signatures.push(content);
    at = end;
  }
  return { bodyBytes, authInfoBytes, signatures };
}

function readLength(bytes: Uint8Array, start: number, field: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  // five bytes hold more than any transaction is long
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw sdkErrors.txDecode("unexpected EOF");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (byte === 0 && i > 0)
        throw sdkErrors.txDecode(`length prefix varint for tagNum ${field} is not as short as possible`);
      return { value, next: start + i + 1 };
    }
    scale *= 0x80;
  }
  throw sdkErrors.txDecode(`length prefix of tagNum ${field} is too large`);
}
