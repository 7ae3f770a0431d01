/** The register of consumers: phases, clients, and who may validate them at all. */
import {
  type ConsumerInitializationParameters,
  ConsumerPhase,
  type PowerShapingParameters,
} from "@tandem-ics/proto";
import { type Context, plainError } from "@tandem-ics/runtime";
import { ccvErrors } from "../types/errors.ts";
import * as state from "./state.ts";

/** Most consumers that one block launches, deletes, or changes punishments of. */
export const MAX_CONSUMERS_PER_BLOCK = 200;

/** Phase of a consumer; unspecified for an id that was never used. */
export const phaseOf = (ctx: Context, consumerId: string): ConsumerPhase =>
  state.phases.get(ctx, consumerId) ?? ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED;

/** Registered, initialized or launched. */
export function isActive(ctx: Context, consumerId: string): boolean {
  const phase = phaseOf(ctx, consumerId);
  return (
    phase === ConsumerPhase.CONSUMER_PHASE_REGISTERED ||
    phase === ConsumerPhase.CONSUMER_PHASE_INITIALIZED ||
    phase === ConsumerPhase.CONSUMER_PHASE_LAUNCHED
  );
}

/** Registered or initialized. */
export function isPrelaunched(ctx: Context, consumerId: string): boolean {
  const phase = phaseOf(ctx, consumerId);
  return (
    phase === ConsumerPhase.CONSUMER_PHASE_REGISTERED || phase === ConsumerPhase.CONSUMER_PHASE_INITIALIZED
  );
}

/** Whether the consumer runs as far as the provider knows. */
export const isLaunched = (ctx: Context, consumerId: string): boolean =>
  phaseOf(ctx, consumerId) === ConsumerPhase.CONSUMER_PHASE_LAUNCHED;

const PHASE_NAMES: Readonly<Record<number, string>> = {
  [ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED]: "CONSUMER_PHASE_UNSPECIFIED",
  [ConsumerPhase.CONSUMER_PHASE_REGISTERED]: "CONSUMER_PHASE_REGISTERED",
  [ConsumerPhase.CONSUMER_PHASE_INITIALIZED]: "CONSUMER_PHASE_INITIALIZED",
  [ConsumerPhase.CONSUMER_PHASE_LAUNCHED]: "CONSUMER_PHASE_LAUNCHED",
  [ConsumerPhase.CONSUMER_PHASE_STOPPED]: "CONSUMER_PHASE_STOPPED",
  [ConsumerPhase.CONSUMER_PHASE_DELETED]: "CONSUMER_PHASE_DELETED",
};

/** Name of a phase in events and queries. */
export const phaseName = (phase: ConsumerPhase): string => PHASE_NAMES[phase] ?? String(phase);

/** Consumers that have a client: launched or stopped, in byte order of their ids. */
export const consumersWithClients = (ctx: Context): string[] => state.clientOfConsumer.keys(ctx);

/** Takes the next consumer id. */
export function takeConsumerId(ctx: Context): string {
  const id = state.nextConsumerId.get(ctx) ?? 0n;
  state.nextConsumerId.set(ctx, id + 1n);
  return id.toString();
}

/** All ids that were ever given out. */
export function allConsumerIds(ctx: Context): string[] {
  const next = state.nextConsumerId.get(ctx) ?? 0n;
  return Array.from({ length: Number(next) }, (_, i) => i.toString());
}

/** Records the client of a consumer, both ways. */
export function setClient(ctx: Context, consumerId: string, clientId: string): void {
  const previous = state.clientOfConsumer.get(ctx, consumerId);
  if (previous !== undefined) state.consumerOfClient.remove(ctx, previous);
  state.clientOfConsumer.set(ctx, consumerId, clientId);
  state.consumerOfClient.set(ctx, clientId, consumerId);
}

/** Forgets the client of a consumer, both ways. */
export function removeClient(ctx: Context, consumerId: string): void {
  const clientId = state.clientOfConsumer.get(ctx, consumerId);
  if (clientId !== undefined) state.consumerOfClient.remove(ctx, clientId);
  state.clientOfConsumer.remove(ctx, consumerId);
}

/** Chain id of a consumer. Throws an untyped refusal for an unknown one. */
export function requireChainId(ctx: Context, consumerId: string): string {
  const chainId = state.chainIds.get(ctx, consumerId);
  if (chainId === undefined) throw plainError(`failed to retrieve chain id for consumer id (${consumerId})`);
  return chainId;
}

/** What a consumer is launched with. Throws `CCV/17` for an unknown one. */
export function requireInitialization(ctx: Context, consumerId: string): ConsumerInitializationParameters {
  const params = state.initialization.get(ctx, consumerId);
  if (params === undefined)
    throw ccvErrors.storeKeyNotFound(`initialization parameters, consumerId(${consumerId})`);
  return params;
}

/** How a consumer's set is made. Throws `CCV/17` for an unknown one. */
export function requirePowerShaping(ctx: Context, consumerId: string): PowerShapingParameters {
  const params = state.powerShaping.get(ctx, consumerId);
  if (params === undefined)
    throw ccvErrors.storeKeyNotFound(`power shaping parameters, consumerId(${consumerId})`);
  return params;
}
