/** What a scenario says of governance proposals. */

import { ClientError } from "@tandem-ics/client";
import {
  MsgRemoveConsumer,
  MsgUpdateConsumer,
  TransferMsgUpdateParams,
  timestampToNs,
} from "@tandem-ics/proto";
import { type Proposal, ProposalStatus } from "cosmjs-types/cosmos/gov/v1/gov";
import { QueryProposalRequest, QueryProposalResponse } from "cosmjs-types/cosmos/gov/v1/query";
import { PROVIDER_TYPE } from "../actions/transactions.ts";
import { DENOM } from "../chain-genesis.ts";
import type { ScenarioNetwork } from "../network.ts";
import type { StateValue } from "../state-fields.ts";
import { nameOf } from "./validator-states.ts";

type Expected = StateValue<"Proposals">[string];
type Raw = Expected["RawProposal"];

async function readProposal(
  net: ScenarioNetwork,
  chain: string,
  number: string,
): Promise<Proposal | undefined> {
  const request = QueryProposalRequest.encode({ proposalId: BigInt(number) }).finish();
  try {
    const { value } = await net
      .chain(chain)
      .chain.client.query.queryAbci("/cosmos.gov.v1.Query/Proposal", request);
    return QueryProposalResponse.decode(value).proposal;
  } catch (error) {
    if (error instanceof ClientError && error.code === "unreachable") throw error;
    if (/doesn't exist|not found/i.test(error instanceof Error ? error.message : "")) return undefined;
    throw error;
  }
}

/** A consumer by its id: the text that is expected where that is its name or its chain id. */
function consumerAs(net: ScenarioNetwork, id: string, expected: string | undefined): string {
  const name = nameOf(net, id);
  return expected !== undefined && net.scenario.chains.get(name)?.chainId === expected ? expected : name;
}

/** What the message of a proposal says, with the name of what it proposes. */
function content(
  net: ScenarioNetwork,
  { messages, title, summary }: Proposal,
  expected: Raw,
): { readonly type: string; readonly raw: Raw } {
  const [message] = messages;
  switch (message?.typeUrl) {
    case `${PROVIDER_TYPE}.MsgUpdateConsumer`: {
      const { consumerId, initializationParameters: initial } = MsgUpdateConsumer.decode(message.value);
      const raw: Raw = {
        Chain: consumerAs(net, consumerId, expected.Chain),
        SpawnTime: initial?.spawnTime === undefined ? 0n : timestampToNs(initial.spawnTime) - net.startNs,
        InitialHeight: {
          revision_number: initial?.initialHeight?.revisionNumber ?? 0n,
          revision_height: initial?.initialHeight?.revisionHeight ?? 0n,
        },
      };
      return { type: "ConsumerAdditionProposal", raw };
    }
    case `${PROVIDER_TYPE}.MsgRemoveConsumer`: {
      const { consumerId } = MsgRemoveConsumer.decode(message.value);
      return { type: "ConsumerRemovalProposal", raw: { Chain: consumerAs(net, consumerId, expected.Chain) } };
    }
    case "/ibc.applications.transfer.v1.MsgUpdateParams": {
      const { params } = TransferMsgUpdateParams.decode(message.value);
      const { sendEnabled = false, receiveEnabled = false } = params ?? {};
      return {
        type: "IBCTransferParamsProposal",
        raw: { Title: title, Params: { send_enabled: sendEnabled, receive_enabled: receiveEnabled } },
      };
    }
    default:
      return { type: message?.typeUrl ?? "TextProposal", raw: { Title: title, Description: summary } };
  }
}

/** Proposals that change a consumer are all made of the same message, whatever they are called. */
const SAME_MESSAGE: Readonly<Record<string, string>> = {
  ConsumerModificationProposal: "ConsumerAdditionProposal",
};

const bareType = (type: string): string => type.slice(type.lastIndexOf(".") + 1);

/** The status in the form that is expected: its number, the number as text, or its name. */
function statusAs(status: ProposalStatus, expected: Raw["Status"]): Raw["Status"] {
  if (typeof expected === "number") return status;
  return expected !== undefined && /^\d+$/.test(expected) ? status.toString() : ProposalStatus[status];
}

/** Proposals by number: what of them is expected. */
export async function proposals(
  net: ScenarioNetwork,
  chain: string,
  expected: StateValue<"Proposals">,
): Promise<StateValue<"Proposals">> {
  const found: StateValue<"Proposals"> = {};
  for (const [number, { RawProposal, Type }] of Object.entries(expected)) {
    const proposal = await readProposal(net, chain, number);
    if (proposal === undefined) {
      // As the reference reads what is not there: a text proposal without a text.
      found[number] = {
        Type: "TextProposal",
        RawProposal: { Title: "", Description: "", Deposit: 0n, Status: "" },
      };
      if (bareType(Type) === "TextProposal") found[number]!.Type = Type;
      continue;
    }
    const { type, raw } = content(net, proposal, RawProposal);
    const wanted = bareType(Type);
    const told: Raw = {
      ...raw,
      Deposit: BigInt(proposal.totalDeposit.find(({ denom }) => denom === DENOM)?.amount ?? "0"),
      Status: statusAs(proposal.status, RawProposal.Status),
    };
    const keys = Object.keys(RawProposal) as (keyof Raw)[];
    found[number] = {
      Type: (SAME_MESSAGE[wanted] ?? wanted) === type ? Type : type,
      RawProposal: Object.fromEntries(keys.map((key) => [key, told[key]])) as Raw,
    };
  }
  return found;
}
