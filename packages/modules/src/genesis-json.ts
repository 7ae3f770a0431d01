/** Genesis states: protobuf messages in proto JSON, as genesis files of SDK chains have them. */
import { fromProtoJson, type JsonValue, toProtoJson } from "@tandem-ics/proto";
import type { JsonObject } from "@tandem-ics/runtime";

/** Reads a state. Throws ProtoError for what is not of type `typeName`. */
export const genesisFromJson = <T>(typeName: string, state: JsonObject): T =>
  fromProtoJson(typeName, state as unknown as JsonValue) as T;

/** Writes a state, with all fields, 64-bit integers as strings. */
export const genesisToJson = <T extends object>(typeName: string, state: T): JsonObject =>
  toProtoJson(typeName, state) as unknown as JsonObject;
