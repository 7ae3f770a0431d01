/** What a running network finds broken. */
import { LocalnetError } from "../errors.ts";

/** A broken invariant. */
export interface Violation {
  /** Of one chain's state `module/name`; of what several chains show one name, as docs/security.md lists them. */
  readonly invariant: string;
  /** Name of the chain whose block showed it. */
  readonly chain: string;
  /** Height of that block. */
  readonly height: bigint;
  readonly expected: string;
  readonly found: string;
}

const textOf = ({ invariant, chain, height, expected, found }: Violation): string =>
  `invariant ${invariant} is broken on ${chain} at height ${height}: expected ${expected}; found ${found}`;

/** Thrown by everything that needs a block of a network in which an invariant is broken; no chain makes another one. */
export class InvariantBroken extends LocalnetError {
  /** All that the block showed; the first is in the message. */
  readonly violations: readonly Violation[];

  constructor(violations: readonly [Violation, ...Violation[]], options: { cause?: unknown } = {}) {
    super("invariant-broken", violations.map(textOf).join("\n"), {
      hint: "docs/security.md tells what each invariant means; the network's state is kept as it is",
      ...options,
    });
    this.name = "InvariantBroken";
    this.violations = violations;
  }
}
