/** An application behind CometBFT: ABCI 2.0 over Unix sockets and TCP. */
export { AbciError, type AbciErrorCode } from "./errors.ts";
export { MAX_REQUEST_BYTES } from "./frames.ts";
export type { AbciMethod } from "./request-codec.ts";
export type { AbciFailure } from "./responder.ts";
export { type AbciServer, type AbciServerOptions, serveAbci } from "./server.ts";
