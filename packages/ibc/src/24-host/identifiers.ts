/** Identifiers of clients, connections, channels and ports (ICS-24; formats of ibc-go `24-host/validate.go`). */
import { utf8 } from "@tandem-ics/crypto";

/** What an identifier names. */
export type IdentifierKind = "client" | "connection" | "channel" | "port";

/** The client of the chain itself; it is type and identifier at once. */
export const LOCALHOST_CLIENT_ID = "09-localhost";
/** The connection of the chain to itself. */
export const LOCALHOST_CONNECTION_ID = "connection-localhost";
/** Type of clients that follow a CometBFT chain. */
export const TENDERMINT_CLIENT_TYPE = "07-tendermint";

const LENGTHS: Readonly<Record<IdentifierKind, readonly [least: number, most: number]>> = {
  client: [4, 64],
  connection: [10, 64],
  channel: [8, 64],
  port: [2, 128],
};

const ALLOWED = /^[a-zA-Z0-9._+\-#[\]<>]+$/;
const MAX_UINT64 = (1n << 64n) - 1n;

/** Whether a text is empty or white space only, by Go's notion of white space (`strings.TrimSpace`). */
export const isBlank = (text: string): boolean =>
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);

/** What is wrong with an identifier of this kind, in words; `undefined` when nothing is. Lengths are in bytes. */
export function identifierProblem(kind: IdentifierKind, id: string): string | undefined {
  if (isBlank(id)) return "identifier cannot be blank";
  if (id.includes("/")) return `identifier ${id} cannot contain separator '/'`;
  const [least, most] = LENGTHS[kind];
  const { length } = utf8(id);
  if (length < least || length > most)
    return `identifier ${id} has invalid length: ${length}, must be between ${least}-${most} characters`;
  if (!ALLOWED.test(id))
    return `identifier ${id} must contain only alphanumeric or the following characters: '.', '_', '+', '-', '#', '[', ']', '<', '>'`;
  return undefined;
}

/** Whether `id` may name a client. */
export const isClientId = (id: string): boolean => identifierProblem("client", id) === undefined;
/** Whether `id` may name a connection, here or on a counterparty. */
export const isConnectionId = (id: string): boolean => identifierProblem("connection", id) === undefined;
/** Whether `id` may name a channel, here or on a counterparty. */
export const isChannelId = (id: string): boolean => identifierProblem("channel", id) === undefined;
/** Whether `id` may name a port. */
export const isPortId = (id: string): boolean => identifierProblem("port", id) === undefined;

/** `{type}-{n}` */
export const formatClientId = (clientType: string, sequence: bigint): string => `${clientType}-${sequence}`;
/** `connection-{n}` */
export const formatConnectionId = (sequence: bigint): string => `connection-${sequence}`;
/** `channel-{n}` */
export const formatChannelId = (sequence: bigint): string => `channel-${sequence}`;

const uint64 = (digits: string): bigint | undefined => {
  const value = BigInt(digits);
  return value > MAX_UINT64 ? undefined : value;
};

/** Type and number of a client id `{type}-{n}`; the localhost client is its own type. `undefined` for other text. */
export function parseClientId(id: string): { type: string; sequence: bigint } | undefined {
  if (id === LOCALHOST_CLIENT_ID) return { type: id, sequence: 0n };
  const match = /^([0-9A-Za-z_]+(?:[0-9A-Za-z_-]+[0-9A-Za-z_])?)-([0-9]{1,20})$/.exec(id);
  if (match === null) return undefined;
  const sequence = uint64(match[2]!);
  return sequence === undefined ? undefined : { type: match[1]!, sequence };
}

/** Number of `connection-{n}`, an id that this chain may have given; `undefined` for other text. */
export function parseConnectionSequence(id: string): bigint | undefined {
  const match = /^connection-([0-9]{1,20})$/.exec(id);
  return match === null ? undefined : uint64(match[1]!);
}

/** Number of `channel-{n}`, an id that this chain may have given; `undefined` for other text. */
export function parseChannelSequence(id: string): bigint | undefined {
  const match = /^channel-([0-9]{1,20})$/.exec(id);
  return match === null ? undefined : uint64(match[1]!);
}
