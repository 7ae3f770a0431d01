/** Protobuf from outside: malformed bytes become refusals, never faults. */
import { CodedError, GRPC, GrpcError, type ProtoCodec, plainError, sdkErrors } from "@tandem-ics/runtime";

/** Decodes, or throws what `refuse` makes of the decoder's complaint. */
export function decodeOr<T>(
  codec: Pick<ProtoCodec<T>, "decode">,
  bytes: Uint8Array,
  refuse: (reason: string) => Error,
): T {
  try {
    return codec.decode(bytes);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

/** Decodes what a module would hand to `codec.Unmarshal`: an unregistered error otherwise. */
export const decodePlain = <T>(codec: Pick<ProtoCodec<T>, "decode">, bytes: Uint8Array, what: string): T =>
  decodeOr(codec, bytes, (reason) => plainError(`failed to unmarshal ${what}: ${reason}`));

/** A codec of messages: malformed bytes are `sdk/2`, as in a transaction. */
export const messageCodec = <T>(codec: ProtoCodec<T>): ProtoCodec<T> => ({
  encode: (message) => codec.encode(message),
  decode: (bytes) => decodeOr(codec, bytes, (reason) => sdkErrors.txDecode(reason)),
});

/** A codec of query requests: malformed bytes are an invalid argument. */
export const requestCodec = <T>(codec: ProtoCodec<T>): ProtoCodec<T> => ({
  encode: (message) => codec.encode(message),
  decode: (bytes) => decodeOr(codec, bytes, (reason) => new GrpcError(GRPC.invalidArgument, reason)),
});
