/** Kinds of values in a scenario file. Names are held against those that the file declares. */
import { z } from "zod";

/** A whole number, as a JSON number or as digits. */
export const uint = z
  .union([z.int().nonnegative(), z.string().regex(/^\d+$/, "a whole number")])
  .transform((v) => BigInt(v));

/** The same, which may be negative. */
export const int = z
  .union([z.int(), z.string().regex(/^-?\d+$/, "a whole number")])
  .transform((v) => BigInt(v));

/** The same of at most 53 bits, as a number. */
export const number = uint.transform((v, ctx) => {
  if (v <= Number.MAX_SAFE_INTEGER) return Number(v);
  ctx.addIssue({ code: "custom", message: "a number of at most 53 bits" });
  return z.NEVER;
});

/** A whole number of at most 32 bits; 0 when it is left out. */
export const uint32 = number.refine((v) => v <= 0xffff_ffff, "a number of at most 32 bits").default(0);

/** A number with a fraction, as a JSON number or as text. */
export const fraction = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/, "a number")])
  .transform((v) => Number(v));

/** Text; empty when it is left out. */
export const text = z.string().default("");

/** Yes or no; no when it is left out. */
export const flag = z.boolean().default(false);

/** Addresses; none when the list is left out or null. */
export const addresses = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

/** An IBC height. */
export const height = z
  .strictObject({ revision_number: uint.default(0n), revision_height: uint.default(0n) })
  .default({ revision_number: 0n, revision_height: 0n });

/** Names that a file declares, as schemas. */
export interface Names {
  readonly chain: z.ZodType<string>;
  readonly validator: z.ZodType<string>;
}

const oneOf = (what: string, known: readonly string[]) =>
  z.string().refine((name) => known.includes(name), {
    error: ({ input }) => `there is no ${what} "${String(input)}"; there are: ${known.join(", ")}`,
  });

/** Schemas of the names of chains and validators. */
export const namesOf = (chains: readonly string[], validators: readonly string[]): Names => ({
  chain: oneOf("chain", chains),
  validator: oneOf("validator", validators),
});
