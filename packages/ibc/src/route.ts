/** Message and query routes of IBC: whatever arrives is refused by a code, never by a fault. */
import { type MessageRoute, message, type ProtoCodec, type QueryRoute, query } from "@tandem-ics/runtime";
import { messageCodec, requestCodec } from "./decode.ts";

/**
 * A message route that validates before it runs as well, since messages also come from proposals, which pass no ante
 * chain.
 */
export function ibcMessage<Request, Response>(options: {
  readonly typeUrl: string;
  readonly request: ProtoCodec<Request>;
  readonly response: ProtoCodec<Response>;
  readonly validate: (message: Request) => void;
  readonly handle: Parameters<typeof message<Request, Response>>[0]["handle"];
}): MessageRoute {
  const { validate, handle } = options;
  return message({
    ...options,
    request: messageCodec(options.request),
    handle(ctx, request) {
      validate(request);
      return handle(ctx, request);
    },
  });
}

/** A query route; malformed requests are invalid arguments. */
export const ibcQuery = <Request, Response>(options: {
  readonly path: string;
  readonly request: ProtoCodec<Request>;
  readonly response: ProtoCodec<Response>;
  readonly handle: Parameters<typeof query<Request, Response>>[0]["handle"];
}): QueryRoute => query({ ...options, request: requestCodec(options.request) });
