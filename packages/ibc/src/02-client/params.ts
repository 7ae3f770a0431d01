/** Which kinds of clients a chain accepts (ibc-go `02-client/types/params.go`). */
import { plainError } from "@tandem-ics/runtime";
import type { Params } from "cosmjs-types/ibc/core/client/v1/client";
import { isBlank } from "../24-host/index.ts";

/** Entry that allows every client type; must stand alone. */
const ALLOW_ALL = "*";
const MAX_ALLOWED_CLIENTS = 200;

/** Every client type is allowed. */
export const defaultClientParams = (): Params => ({ allowedClients: [ALLOW_ALL] });

/** Throws `undefined/1`. */
export function validateClientParams({ allowedClients }: Params): void {
  if (allowedClients.length > MAX_ALLOWED_CLIENTS)
    throw plainError(`allowed clients length must not exceed ${MAX_ALLOWED_CLIENTS} items`);
  if (allowedClients.includes(ALLOW_ALL) && allowedClients.length > 1)
    throw plainError(
      `allow list must have only one element because the allow all clients wildcard (${ALLOW_ALL}) is present`,
    );
  allowedClients.forEach((type, index) => {
    if (isBlank(type)) throw plainError(`client type ${index} cannot be blank`);
    if (allowedClients.indexOf(type) !== index) throw plainError(`duplicate client type: ${type}`);
  });
}

/** Whether clients of `type` may be created and used. */
export const isAllowedClient = ({ allowedClients }: Params, type: string): boolean =>
  !isBlank(type) &&
  ((allowedClients.length === 1 && allowedClients[0] === ALLOW_ALL) || allowedClients.includes(type));
