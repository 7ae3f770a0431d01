/** Genesis states: protobuf messages in proto JSON. */
import { fromProtoJson, toProtoJson } from "@tandem-ics/proto";
import type { JsonObject } from "@tandem-ics/runtime";
import { checkProto } from "./proto-refusal.ts";

/** Reads a state of protobuf type `typeName`; unknown fields are refused, absent ones have their zero value. */
export const genesisFromJson = <T>(typeName: string, state: JsonObject): T =>
  checkProto(typeName, () => fromProtoJson(typeName, state) as T);

/** Writes a state with all fields. */
export const genesisToJson = <T extends object>(typeName: string, state: T): JsonObject =>
  toProtoJson(typeName, state) as JsonObject;
