/** Routes of the provider's messages (`interchain_security.ccv.provider.v1.Msg`). */
import {
  MsgAssignConsumerKey,
  MsgAssignConsumerKeyResponse,
  MsgChangeRewardDenoms,
  MsgChangeRewardDenomsResponse,
  MsgCreateConsumer,
  MsgCreateConsumerResponse,
  MsgOptIn,
  MsgOptInResponse,
  MsgOptOut,
  MsgOptOutResponse,
  MsgRemoveConsumer,
  MsgRemoveConsumerResponse,
  MsgSetConsumerCommissionRate,
  MsgSetConsumerCommissionRateResponse,
  MsgSubmitConsumerDoubleVoting,
  MsgSubmitConsumerDoubleVotingResponse,
  MsgSubmitConsumerMisbehaviour,
  MsgSubmitConsumerMisbehaviourResponse,
  MsgUpdateConsumer,
  MsgUpdateConsumerResponse,
  ProviderMsgUpdateParams,
  ProviderMsgUpdateParamsResponse,
} from "@tandem-ics/proto";
import {
  type AddressCodecs,
  type Context,
  type MessageRoute,
  message,
  type ProtoCodec,
} from "@tandem-ics/runtime";
import { assertConsumerId } from "../types/addresses.ts";
import type { createAuthorityMessages } from "./authority-messages.ts";
import type { createConsumerMessages } from "./consumer-messages.ts";
import {
  type createEvidenceMessages,
  validateSubmitDoubleVoting,
  validateSubmitMisbehaviour,
} from "./evidence-messages.ts";
import {
  validateAssignConsumerKey,
  validateChangeRewardDenoms,
  validateCreateConsumer,
  validateOptIn,
  validateOptOut,
  validateSetCommissionRate,
  validateUpdateConsumer,
} from "./message-validation.ts";
import type { createValidatorMessages } from "./validator-messages.ts";

/** Handlers by who may send what. */
export interface ProviderHandlers {
  readonly consumers: ReturnType<typeof createConsumerMessages>;
  readonly validators: ReturnType<typeof createValidatorMessages>;
  readonly evidence: ReturnType<typeof createEvidenceMessages>;
  readonly authority: ReturnType<typeof createAuthorityMessages>;
}

type Codec<T> = ProtoCodec<T> & { readonly typeUrl: string };

/** A route whose response is empty. */
const route = <Request, Response>(
  request: Codec<Request>,
  response: ProtoCodec<Response> & { create(): Response },
  validate: (message: Request) => void,
  act: (ctx: Context, message: Request) => void,
): MessageRoute =>
  message({
    typeUrl: request.typeUrl,
    request,
    response,
    validate,
    handle(ctx, msg) {
      act(ctx, msg);
      return response.create();
    },
  });

/** All routes. */
export function providerMessages(addresses: AddressCodecs, handlers: ProviderHandlers): MessageRoute[] {
  const { consumers, validators, evidence, authority } = handlers;
  const on =
    <T>(check: (addresses: AddressCodecs, msg: T) => void) =>
    (msg: T): void =>
      check(addresses, msg);
  return [
    message({
      typeUrl: MsgCreateConsumer.typeUrl,
      request: MsgCreateConsumer,
      response: MsgCreateConsumerResponse,
      validate: on(validateCreateConsumer),
      handle: consumers.createConsumer,
    }),
    route(MsgUpdateConsumer, MsgUpdateConsumerResponse, on(validateUpdateConsumer), consumers.updateConsumer),
    route(
      MsgRemoveConsumer,
      MsgRemoveConsumerResponse,
      ({ consumerId }) => assertConsumerId(consumerId),
      consumers.removeConsumer,
    ),
    route(
      MsgAssignConsumerKey,
      MsgAssignConsumerKeyResponse,
      on(validateAssignConsumerKey),
      validators.assignConsumerKey,
    ),
    route(MsgOptIn, MsgOptInResponse, on(validateOptIn), validators.optIn),
    route(MsgOptOut, MsgOptOutResponse, on(validateOptOut), validators.optOut),
    route(
      MsgSetConsumerCommissionRate,
      MsgSetConsumerCommissionRateResponse,
      on(validateSetCommissionRate),
      validators.setConsumerCommissionRate,
    ),
    route(
      MsgSubmitConsumerDoubleVoting,
      MsgSubmitConsumerDoubleVotingResponse,
      validateSubmitDoubleVoting,
      evidence.submitDoubleVoting,
    ),
    route(
      MsgSubmitConsumerMisbehaviour,
      MsgSubmitConsumerMisbehaviourResponse,
      validateSubmitMisbehaviour,
      evidence.submitMisbehaviour,
    ),
    route(
      MsgChangeRewardDenoms,
      MsgChangeRewardDenomsResponse,
      validateChangeRewardDenoms,
      authority.changeRewardDenoms,
    ),
    route(ProviderMsgUpdateParams, ProviderMsgUpdateParamsResponse, () => {}, authority.updateParams),
  ];
}
