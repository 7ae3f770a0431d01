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
import type { createAuthorityMessages } from "./authority-messages.ts";
import type { createConsumerMessages } from "./consumer-messages.ts";
import type { createEvidenceMessages } from "./evidence-messages.ts";
import { validateMessage } from "./validate-message.ts";
import type { createValidatorMessages } from "./validator-messages.ts";

/** Handlers by who may send what. */
export interface ProviderHandlers {
  readonly consumers: ReturnType<typeof createConsumerMessages>;
  readonly validators: ReturnType<typeof createValidatorMessages>;
  readonly evidence: ReturnType<typeof createEvidenceMessages>;
  readonly authority: ReturnType<typeof createAuthorityMessages>;
}

type Codec<T> = ProtoCodec<T> & { readonly typeUrl: string };

/** All routes. */
export function providerMessages(addresses: AddressCodecs, handlers: ProviderHandlers): MessageRoute[] {
  const { consumers, validators, evidence, authority } = handlers;
  const checked = <Request, Response>(
    request: Codec<Request>,
    response: ProtoCodec<Response>,
    handle: (ctx: Context, message: Request) => Response,
  ): MessageRoute =>
    message({
      typeUrl: request.typeUrl,
      request,
      response,
      validate: (msg) => validateMessage(addresses, request.typeUrl, msg),
      handle,
    });
  /** A route whose response is empty. */
  const route = <Request, Response>(
    request: Codec<Request>,
    response: ProtoCodec<Response> & { create(): Response },
    act: (ctx: Context, message: Request) => void,
  ): MessageRoute =>
    checked(request, response, (ctx, msg) => {
      act(ctx, msg);
      return response.create();
    });
  return [
    checked(MsgCreateConsumer, MsgCreateConsumerResponse, consumers.createConsumer),
    route(MsgUpdateConsumer, MsgUpdateConsumerResponse, consumers.updateConsumer),
    route(MsgRemoveConsumer, MsgRemoveConsumerResponse, consumers.removeConsumer),
    route(MsgAssignConsumerKey, MsgAssignConsumerKeyResponse, validators.assignConsumerKey),
    route(MsgOptIn, MsgOptInResponse, validators.optIn),
    route(MsgOptOut, MsgOptOutResponse, validators.optOut),
    route(
      MsgSetConsumerCommissionRate,
      MsgSetConsumerCommissionRateResponse,
      validators.setConsumerCommissionRate,
    ),
    route(MsgSubmitConsumerDoubleVoting, MsgSubmitConsumerDoubleVotingResponse, evidence.submitDoubleVoting),
    route(MsgSubmitConsumerMisbehaviour, MsgSubmitConsumerMisbehaviourResponse, evidence.submitMisbehaviour),
    route(MsgChangeRewardDenoms, MsgChangeRewardDenomsResponse, authority.changeRewardDenoms),
    route(ProviderMsgUpdateParams, ProviderMsgUpdateParamsResponse, authority.updateParams),
  ];
}
