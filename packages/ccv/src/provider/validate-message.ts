/** What is wrong with a message of the provider in itself, for programs that are about to send it. */
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

type Check = (addresses: AddressCodecs, message: never) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  [MsgAssignConsumerKey.typeUrl]: validateAssignConsumerKey,
  [MsgChangeRewardDenoms.typeUrl]: (_, message) => validateChangeRewardDenoms(message),
  [MsgCreateConsumer.typeUrl]: validateCreateConsumer,
  [MsgOptIn.typeUrl]: validateOptIn,
  [MsgOptOut.typeUrl]: validateOptOut,
  [MsgRemoveConsumer.typeUrl]: (_, { consumerId }: MsgRemoveConsumer) => assertConsumerId(consumerId),
  [MsgSetConsumerCommissionRate.typeUrl]: validateSetCommissionRate,
  [MsgSubmitConsumerDoubleVoting.typeUrl]: (_, message) => validateSubmitDoubleVoting(message),
  [MsgSubmitConsumerMisbehaviour.typeUrl]: (_, message) => validateSubmitMisbehaviour(message),
  [MsgUpdateConsumer.typeUrl]: validateUpdateConsumer,
};

/**
 * The provider's own checks of a message that need no state; nothing for messages that have none.
 * @param prefix of the provider's accounts
 * @throws CodedError with the code that the chain would answer
 */
export function validateProviderMessage(prefix: string, typeUrl: string, message: unknown): void {
  const check = CHECKS[typeUrl] as ((addresses: AddressCodecs, message: unknown) => void) | undefined;
  check?.(createAddressCodecs(prefix), message);
}
