/** The types that transactions of provider and consumer chains carry, for CosmJS. */
import { type GeneratedType, Registry } from "@cosmjs/proto-signing";
import {
  type AminoConverter,
  AminoTypes,
  createDefaultAminoConverters,
  defaultRegistryTypes,
} from "@cosmjs/stargate";
import {
  aminoName,
  fromAminoJson,
  type JsonValue,
  msgTypes,
  toAminoJson,
  typeRegistry,
} from "@tandem-ics/proto";

/** All types of `defaultRegistryTypes` and every message of our chains, by type URL. */
export const registryTypes: readonly [string, GeneratedType][] = [
  ...defaultRegistryTypes,
  ...Array.from(typeRegistry, ([typeUrl, { codec }]): [string, GeneratedType] => [
    typeUrl,
    codec as unknown as GeneratedType,
  ]),
];

/** A registry with {@link registryTypes}. */
export const createRegistry = (): Registry => new Registry(registryTypes);

/** CosmJS's own converters, and ours for every message that it has none for. */
export function createAminoConverters(): Record<string, AminoConverter> {
  const converters: Record<string, AminoConverter> = { ...createDefaultAminoConverters() } as Record<
    string,
    AminoConverter
  >;
  for (const { typeUrl } of msgTypes) {
    if (converters[typeUrl] !== undefined) continue;
    converters[typeUrl] = {
      aminoType: aminoName(typeUrl),
      toAmino: (message: unknown) => toAminoJson(typeUrl, message).value,
      fromAmino: (value: unknown) => fromAminoJson(typeUrl, value as JsonValue),
    };
  }
  return converters;
}

/** Amino types for `SigningStargateClient` and wallets that sign JSON (Ledger, Keplr). */
export const createAminoTypes = (): AminoTypes => new AminoTypes(createAminoConverters());
