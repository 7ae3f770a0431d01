/** Arguments of queries and how bad ones are refused. */

import { type AddressCodec, GRPC, GrpcError } from "@tandem-ics/runtime";
import { addressFromBech32, assertConsumerId } from "../types/addresses.ts";
import { isRefusal } from "../types/refusals.ts";

/** gRPC `InvalidArgument`. */
export const invalidArgument = (message: string): GrpcError => new GrpcError(GRPC.invalidArgument, message);

function refuseWith<T>(status: number, message: string | undefined, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new GrpcError(status, message ?? error.message, { cause: error });
  }
}

/** A consumer id, known or not. Throws gRPC `InvalidArgument` for other text. */
export const queriedConsumer = (text: string): string =>
  refuseWith(GRPC.invalidArgument, undefined, () => {
    assertConsumerId(text);
    return text;
  });

/** Address bytes. Throws gRPC `InvalidArgument` with this message. */
export const queriedAddress = (codec: AddressCodec, text: string, message: string): Uint8Array =>
  refuseWith(GRPC.invalidArgument, message, () => codec.decode(text));

/** Address bytes. Throws a refusal without a status, as the two key look-ups do. */
export const lookedUpAddress = (codec: AddressCodec, text: string): Uint8Array =>
  addressFromBech32(codec, text);
