/** Errors of ports (ibc-go `05-port/types/errors.go`). */
import { defineErrors } from "@tandem-ics/runtime";

/** Registered errors of codespace `port`. */
export const portErrors = defineErrors("port", {
  portExists: [2, "port is already binded"],
  portNotFound: [3, "port not found"],
  invalidPort: [4, "invalid port"],
  invalidRoute: [5, "route not found"],
});
