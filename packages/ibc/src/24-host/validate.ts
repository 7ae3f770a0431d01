/** Identifiers of messages, refused with the codes of ibc-go's `24-host`. Not part of the pure subpath. */
import { defineErrors } from "@tandem-ics/runtime";
import { type IdentifierKind, identifierProblem } from "./identifiers.ts";

/** Registered errors of codespace `host`. */
export const hostErrors = defineErrors("host", {
  invalidId: [2, "invalid identifier"],
  invalidPath: [3, "invalid path"],
  invalidPacket: [4, "invalid packet"],
});

/** Throws `host/2` unless `id` may name a thing of this kind; `what` tells whose identifier it is, where Go tells it. */
export function assertIdentifier(kind: IdentifierKind, id: string, what?: string): void {
  const problem = identifierProblem(kind, id);
  if (problem !== undefined) throw hostErrors.invalidId(what === undefined ? problem : `${what}: ${problem}`);
}

/** What is said of a text that no light client can be found by. */
export const notClientId = (id: string): string =>
  `invalid client identifier ${id} is not in format: \`{client-type}-{N}\``;
