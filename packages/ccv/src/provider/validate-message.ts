/** What is wrong with a message of the provider in itself: for its router, and for programs that are about to send it. */
import {
  MsgAssignConsumerKey,
  MsgChangeRewardDenoms,
  MsgCreateConsumer,
  MsgOptIn,
  MsgOptOut,
  MsgRemoveConsumer,
  MsgSetConsumerCommissionRate,
  MsgSubmitConsumerDoubleVoting,
  MsgSubmitConsumerMisbehaviour,
  MsgUpdateConsumer,
} from "@tandem-ics/proto";
import { type AddressCodecs, createAddressCodecs } from "@tandem-ics/runtime";
import { assertConsumerId } from "../types/addresses.ts";
import { validateSubmitDoubleVoting, validateSubmitMisbehaviour } from "./evidence-messages.ts";
import {
  validateAssignConsumerKey,
  validateChangeRewardDenoms,
  validateCreateConsumer,
  validateOptIn,
  validateOptOut,
  validateSetCommissionRate,
  validateUpdateConsumer,
} from "./message-validation.ts";

type Check<T> = (addresses: AddressCodecs, message: T) => void;

const on = <T>(codec: { readonly typeUrl: string; decode(bytes: Uint8Array): T }, check: Check<T>) =>
  [codec.typeUrl, check as Check<never>] as const;

/** Checks by type; parameters are looked at by the handler, after who sends them. */
const CHECKS: ReadonlyMap<string, Check<never>> = new Map([
  on(MsgAssignConsumerKey, validateAssignConsumerKey),
  on(MsgChangeRewardDenoms, (_, message) => validateChangeRewardDenoms(message)),
  on(MsgCreateConsumer, validateCreateConsumer),
  on(MsgOptIn, validateOptIn),
  on(MsgOptOut, validateOptOut),
  on(MsgRemoveConsumer, (_, { consumerId }) => assertConsumerId(consumerId)),
  on(MsgSetConsumerCommissionRate, validateSetCommissionRate),
  on(MsgSubmitConsumerDoubleVoting, (_, message) => validateSubmitDoubleVoting(message)),
  on(MsgSubmitConsumerMisbehaviour, (_, message) => validateSubmitMisbehaviour(message)),
  on(MsgUpdateConsumer, validateUpdateConsumer),
]);

/**
 * What the router checks of a message before its handler runs, without state; nothing for messages that have no check.
 * @throws CodedError with the code that the chain answers
 */
export function validateMessage(addresses: AddressCodecs, typeUrl: string, message: unknown): void {
  const check = CHECKS.get(typeUrl) as Check<unknown> | undefined;
  check?.(addresses, message);
}

/**
 * The same, for programs that are about to send a message.
 * @param prefix of the provider's accounts
 * @throws CodedError with the code that the chain would answer
 */
export const validateProviderMessage = (prefix: string, typeUrl: string, message: unknown): void =>
  validateMessage(createAddressCodecs(prefix), typeUrl, message);
