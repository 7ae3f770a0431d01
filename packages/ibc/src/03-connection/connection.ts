/** Connection ends as values (ICS-03; ibc-go `03-connection/types/connection.go`). */
import { plainError } from "@tandem-ics/runtime";
import type { ConnectionEnd, Counterparty, Params } from "cosmjs-types/ibc/core/connection/v1/connection";
import { assertIdentifier } from "../24-host/validate.ts";
import { ibcErrors } from "../errors.ts";
import { connectionErrors } from "./errors.ts";
import { validateVersion } from "./version.ts";

/** States of a connection. */
export const CONNECTION_STATE = { uninitialized: 0, init: 1, tryOpen: 2, open: 3 } as const;

const STATE_NAMES: Readonly<Record<number, string>> = {
  0: "STATE_UNINITIALIZED_UNSPECIFIED",
  1: "STATE_INIT",
  2: "STATE_TRYOPEN",
  3: "STATE_OPEN",
};

/** Name of a state as refusals give it. */
export const connectionStateName = (state: number): string => STATE_NAMES[state] ?? state.toString();

/** Throws unless identifiers are well-formed and the prefix is not empty. The connection id may be empty. */
export function validateCounterparty({ connectionId, clientId, prefix }: Counterparty): void {
  if (connectionId !== "") assertIdentifier("connection", connectionId, "invalid counterparty connection ID");
  assertIdentifier("client", clientId, "invalid counterparty client ID");
  if (prefix.keyPrefix.length === 0)
    throw connectionErrors.invalidCounterparty("counterparty prefix cannot be empty");
}

/** Throws unless a stored end would be well-formed. */
export function validateConnection(connection: ConnectionEnd): void {
  assertIdentifier("client", connection.clientId, "invalid client ID");
  if (connection.versions.length === 0) throw ibcErrors.invalidVersion("empty connection versions");
  for (const version of connection.versions) validateVersion(version);
  validateCounterparty(connection.counterparty);
}

/** Thirty seconds: the time in which a block must come for delays in blocks to last as long as delays in time. */
export const defaultConnectionParams = (): Params => ({ maxExpectedTimePerBlock: 30_000_000_000n });

/** Throws `undefined/1`. */
export function validateConnectionParams({ maxExpectedTimePerBlock }: Params): void {
  if (maxExpectedTimePerBlock === 0n) throw plainError("MaxExpectedTimePerBlock cannot be zero");
}
