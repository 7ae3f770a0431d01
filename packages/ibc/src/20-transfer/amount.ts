/** Amounts in packets are text, read as Go's `math.NewIntFromString` does. */
import { parseGoInt } from "@tandem-ics/runtime";
import { transferErrors } from "./errors.ts";

export { parseGoInt } from "@tandem-ics/runtime";

/** A positive amount. Throws `transfer/5`. */
export function parseAmount(text: string): bigint {
  const amount = parseGoInt(text);
  if (amount === undefined)
    throw transferErrors.invalidAmount(
      `unable to parse transfer amount (${text.slice(0, 100)}) into math.Int`,
    );
  if (amount <= 0n) throw transferErrors.invalidAmount(`amount must be strictly positive: got ${amount}`);
  return amount;
}
