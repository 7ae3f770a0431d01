/** The form of a transaction command. */
import type { EncodeObject } from "@cosmjs/proto-signing";

/** What a command needs to make its message. */
export interface Signer {
  readonly address: string;
  /** The operator address of the same bytes. */
  readonly operator: string;
  /** Time in the chain's latest header, ns since 1970. */
  timeNs(): Promise<bigint>;
}

/** Flags of a command by their names in camelCase. */
export interface SpecFlags {
  readonly [name: string]: string | boolean | undefined;
}

/** A command's talk to the user, on standard error. */
export type Note = (text: string) => void;

/** One command. */
export interface TxSpec {
  readonly module: string;
  readonly command: string;
  /** `<name>` required, `[name]` optional, in the order of the Go binaries. */
  readonly args: readonly string[];
  /** Whether one argument more may come first: who signs, instead of `--from`. */
  readonly leadingSigner?: true;
  /** What it does, in one line. */
  readonly about: string;
  /** Arguments of an example. */
  readonly example: string;
  /** What else its help tells: the form of a file. */
  readonly help?: string;
  /** Flags of its own: name with its argument, what it means. */
  readonly flags?: readonly (readonly [flag: string, meaning: string])[];
  build(
    signer: Signer,
    args: readonly string[],
    flags: SpecFlags,
    note: Note,
  ): EncodeObject | Promise<EncodeObject>;
}
