/** The form of a query command. */
import type { JsonValue } from "@tandem-ics/proto";
import type { NameKind } from "./chain-door.ts";

/** An argument or flag that becomes a field of the request. */
export interface QueryField {
  /** Its name in the request's .proto. */
  readonly field: string;
  /** What a name of the running network stands for here. */
  readonly kind?: NameKind;
  /** Reads the text that was typed; what is no value is refused as usage. */
  readonly read?: (text: string) => JsonValue;
}

/** One query: its arguments become fields of the request. */
export interface QuerySpec {
  readonly module: string;
  readonly command: string;
  /** `<name>` required, `[name]` optional, in the order of the Go binaries. */
  readonly args: readonly (readonly [arg: string, field: QueryField])[];
  /** Flags that filter: `--name <value>`, what it means, the field. */
  readonly flags?: readonly (readonly [flag: string, meaning: string, field: QueryField])[];
  /** `package.Service/Method` */
  readonly path: string;
  /** What it tells, in one line. */
  readonly about: string;
  /** Field of the answer that the Go binary prints alone. */
  readonly only?: string;
  readonly role?: "provider" | "consumer";
  /** Another name of it. */
  readonly alias?: string;
  /** Whether the Go binary's command is made from descriptors, whose answers have a form of their own. */
  readonly autocli?: true;
  /** Most items of a page when no flag says so, where the Go binary names a number; there the total is not counted. */
  readonly pageLimit?: string;
}

/** What was typed for a query. */
export interface QueryFlags {
  readonly [name: string]: string | boolean | undefined;
}
