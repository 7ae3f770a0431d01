/** Evidence of misbehaviour on consumers, submitted by anyone (interchain-security `msg_server.go`). */
import { validateDuplicateVoteBasic } from "@tandem-ics/comet";
import { headerHeight, validateMisbehaviour } from "@tandem-ics/ibc";
import { formatHeight } from "@tandem-ics/ibc/24-host";
import type { MsgSubmitConsumerDoubleVoting, MsgSubmitConsumerMisbehaviour } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import type { Header, Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { assertConsumerId } from "../types/addresses.ts";
import { checkComet } from "../types/comet-refusal.ts";
import { PROVIDER_MODULE } from "../types/constants.ts";
import { refuseAs } from "../types/errors.ts";
import { protoText } from "../types/proto-text.ts";
import { TransactionAbort } from "../types/refusals.ts";
import { assertInfractionHeader, type DoubleVoting } from "./double-voting.ts";
import { providerErrors } from "./errors.ts";
import type { MisbehaviourHandler } from "./misbehaviour.ts";

/** The parts that must be there. Throws `provider/48`. */
function partsOf(msg: MsgSubmitConsumerDoubleVoting): { evidence: DuplicateVoteEvidence; header: Header } {
  const kind = providerErrors.invalidMsgSubmitDoubleVoting;
  const { duplicateVoteEvidence: evidence, infractionBlockHeader: header } = msg;
  if (evidence === undefined) throw kind("DuplicateVoteEvidence: nil duplicate vote evidence");
  refuseAs(kind, "", () => checkComet("DuplicateVoteEvidence", () => validateDuplicateVoteBasic(evidence)));
  const known = refuseAs(kind, "ValidateTendermintHeader", () => {
    assertInfractionHeader(header);
    return header;
  });
  refuseAs(kind, "ConsumerId", () => assertConsumerId(msg.consumerId));
  return { evidence, header: known };
}

/** Throws `provider/48`. */
export function validateSubmitDoubleVoting(msg: MsgSubmitConsumerDoubleVoting): void {
  partsOf(msg);
}

/** Throws `provider/47`; aborts the transaction when there is none, as Go panics. */
export function validateSubmitMisbehaviour(msg: MsgSubmitConsumerMisbehaviour): void {
  requireMisbehaviour(msg);
}

function requireMisbehaviour({ consumerId, misbehaviour }: MsgSubmitConsumerMisbehaviour): Misbehaviour {
  const kind = providerErrors.invalidMsgSubmitMisbehaviour;
  refuseAs(kind, "ConsumerId", () => assertConsumerId(consumerId));
  if (misbehaviour === undefined)
    throw new TransactionAbort("runtime error: invalid memory address or nil pointer dereference");
  refuseAs(kind, "Misbehaviour", () => validateMisbehaviour(misbehaviour));
  return misbehaviour;
}

/** Handlers of evidence. */
export function createEvidenceMessages(doubleVoting: DoubleVoting, misbehaviours: MisbehaviourHandler) {
  return {
    submitDoubleVoting(ctx: Context, msg: MsgSubmitConsumerDoubleVoting): void {
      const { evidence, header } = partsOf(msg);
      doubleVoting.handle(ctx, msg.consumerId, evidence, header);
      ctx.emit("submit_consumer_double_voting", {
        module: PROVIDER_MODULE,
        consumer_id: msg.consumerId,
        consumer_chain_id: header.signedHeader!.header!.chainId,
        consumer_double_voting: protoText("tendermint.types.DuplicateVoteEvidence", evidence),
        submitter_address: msg.submitter,
      });
    },

    submitMisbehaviour(ctx: Context, msg: MsgSubmitConsumerMisbehaviour): void {
      const misbehaviour = requireMisbehaviour(msg);
      misbehaviours.handle(ctx, msg.consumerId, misbehaviour);
      ctx.emit("submit_consumer_misbehaviour", {
        module: PROVIDER_MODULE,
        consumer_id: msg.consumerId,
        consumer_chain_id: misbehaviour.header1!.signedHeader!.header!.chainId,
        consumer_misbehaviour: protoText("ibc.lightclients.tendermint.v1.Misbehaviour", misbehaviour),
        misbehaviour_client_id: misbehaviour.clientId,
        misbehaviour_height_1: formatHeight(headerHeight(misbehaviour.header1!)),
        misbehaviour_height_2: formatHeight(headerHeight(misbehaviour.header2!)),
        submitter_address: msg.submitter,
      });
    },
  };
}
