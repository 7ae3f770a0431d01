/**
 * What generated codecs are built on: the writer and reader of cosmjs-types, so that our messages and its
 * messages nest in each other, and the values that Go has in fields nobody set. A module that writes messages of
 * cosmjs-types and imports nothing else from this package imports this file, for the repair of their writer.
 */
import "./varint-repair.ts";
import "./wire-reader.ts";

import { BinaryReader, BinaryWriter } from "cosmjs-types/binary";
import type { Timestamp } from "cosmjs-types/google/protobuf/timestamp";

export { BinaryReader, BinaryWriter };

/** Go's zero time, 0001-01-01T00:00:00Z: what a non-nullable timestamp holds when nobody set it. */
export const goZeroTimestamp = (): Timestamp => ({ seconds: -62_135_596_800n, nanos: 0 });

/** The ASCII text "0": what a bytes field with a Dec custom type holds when nobody set it. */
export const zeroText = (): Uint8Array => Uint8Array.of(0x30);

/** What every codec here has, generated or from cosmjs-types. Such a codec is also a CosmJS `GeneratedType`. */
export interface MessageCodec<T = unknown> {
  /** Type URL; wrong for nested messages of cosmjs-types, so use the name under which the codec was looked up. */
  readonly typeUrl: string;
  /** Appends the message to `writer`; `.finish()` gives the bytes. */
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  /** Unknown fields are skipped. Throws on truncated input. */
  decode(input: BinaryReader | Uint8Array, length?: number): T;
  /** Copies the given fields into a message whose other fields have their defaults. */
  fromPartial(object: object): T;
}
