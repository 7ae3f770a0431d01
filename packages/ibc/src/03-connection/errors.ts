/** Errors of connections (ibc-go `03-connection/types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors of codespace `connection`. */
export const connectionErrors = defineErrors("connection", {
  connectionExists: [2, "connection already exists"],
  connectionNotFound: [3, "connection not found"],
  clientConnectionPathsNotFound: [4, "light client connection paths not found"],
  connectionPath: [5, "connection path is not associated to the given light client"],
  invalidConnectionState: [6, "invalid connection state"],
  invalidCounterparty: [7, "invalid counterparty connection"],
  invalidConnection: [8, "invalid connection"],
  invalidVersion: [9, "invalid connection version"],
  versionNegotiationFailed: [10, "connection version negotiation failed"],
  invalidConnectionIdentifier: [11, "invalid connection identifier"],
});
