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

/** A whole number of at most 32 bits; 0 when it is left out. */
export const uint32 = z.int().nonnegative().max(0xffff_ffff).default(0);

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
