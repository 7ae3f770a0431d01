/** Governance of a provider over its consumers and parameters, on the whole application: by proposals, and by nobody else. */
import { defaultConsensusParams } from "@tandem-ics/comet";
import {
  codecOf,
  encodeAny,
  nsToTimestamp,
  QueryConsumerChainRequest,
  QueryConsumerChainResponse,
  QueryRegisteredConsumerRewardDenomsResponse,
  registeredType,
} from "@tandem-ics/proto";
import { type Application, type JsonObject, moduleAddress } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { QueryProposalRequest, QueryProposalResponse } from "cosmjs-types/cosmos/gov/v1/query";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { defaultInitialization } from "../provider/consumer-messages.ts";
import { ADDRESSES, accountOf, operatorOf, START_NS, signed, staked } from "../testing/staked-chain.ts";
import { openProvider, PROVIDER } from "../testing/whole-provider.ts";
import { createConsumerApp } from "./consumer-app.ts";
import { createDemocracyApp } from "./democracy-app.ts";
import { createProviderApp, defaultProviderGenesis } from "./provider-app.ts";

const GOV = ADDRESSES.account.encode(moduleAddress("gov"));
const CCV = "/interchain_security.ccv.provider.v1";
const DENOM = "ibc/27394FB092D2ECCD56123C74F36E4C1F926001CEADA9CA97EA622B25F41E5EB2";
const [DEPOSIT_PERIOD, VOTING, FAILED, PASSED] = [1, 2, 5, 3];

const packed = (typeUrl: string, fields: object): Any =>
  encodeAny(typeUrl, registeredType(typeUrl).codec.fromPartial(fields as never) as object);
const coins = (amount: bigint) => [{ denom: "stake", amount: amount.toString() }];
/** A module's parameters as its query tells them. */
function paramsOf(app: Application, kind: string): object {
  const path = `/${kind}.Query/${kind.includes(".ccv.") ? "QueryParams" : "Params"}`;
  const { value } = app.grpcQuery({ path, data: new Uint8Array() });
  return (codecOf(`${kind}.QueryParamsResponse`).decode(value) as { params: object }).params;
}
/** A provider whose votes take four seconds, two in a hurry; a block is a second. */
function governed() {
  const state = staked(defaultProviderGenesis());
  const gov = state["gov"] as { params: JsonObject } & JsonObject;
  const chain = openProvider({
    ...state,
    gov: {
      ...gov,
      params: {
        ...gov.params,
        voting_period: "4s",
        expedited_voting_period: "2s",
        min_deposit: coins(10n),
        expedited_min_deposit: coins(50n),
      },
    },
  });
  let last = 0n;
  const send = (n: number, typeUrl: string, fields: object) => {
    const [result] = chain.block(signed(PROVIDER, n, packed(typeUrl, fields))).txResults;
    return { code: `${result!.codespace}/${result!.code}`, log: result!.log };
  };
  const ok = (n: number, typeUrl: string, fields: object): void =>
    expect(send(n, typeUrl, fields)).toMatchObject({ log: "", code: "/0" });
  const proposal = (id: bigint) =>
    QueryProposalResponse.decode(
      chain.app.grpcQuery({
        path: "/cosmos.gov.v1.Query/Proposal",
        data: QueryProposalRequest.encode({ proposalId: id }).finish(),
      }).value,
    ).proposal!;

  /** Proposes, has all vote for it, and waits out the vote; gives the proposal as it ended. */
  function pass(messages: Any[], expedited = false) {
    ok(1, "/cosmos.gov.v1.MsgSubmitProposal", {
      messages,
      metadata: "",
      initialDeposit: coins(expedited ? 50n : 10n),
      proposer: accountOf(1),
      title: "t",
      summary: "s",
      expedited,
    });
    last += 1n;
    const votes = [1, 2, 3].map((n) =>
      signed(
        PROVIDER,
        n,
        packed("/cosmos.gov.v1.MsgVote", { proposalId: last, voter: accountOf(n), option: 1, metadata: "" }),
      ),
    );
    expect(chain.block(...votes).txResults.map(({ log }) => log)).toEqual(["", "", ""]);
    const events = [];
    while (proposal(last).status === VOTING) events.push(...chain.block().events);
    return { ...proposal(last), events };
  }
  const consumer = () =>
    QueryConsumerChainResponse.decode(
      chain.app.grpcQuery({
        path: `${CCV}.Query/QueryConsumerChain`,
        data: QueryConsumerChainRequest.encode({ consumerId: "0" }).finish(),
      }).value,
    );
  /** A consumer that waits for a spawn time, handed over to governance. */
  function handOver(): void {
    ok(1, `${CCV}.MsgCreateConsumer`, {
      submitter: accountOf(1),
      chainId: "consumer-1",
      metadata: { name: "c", description: "d", metadata: "m" },
      initializationParameters: defaultInitialization(),
      powerShapingParameters: { topN: 0 },
    });
    ok(1, `${CCV}.MsgUpdateConsumer`, { owner: accountOf(1), consumerId: "0", newOwnerAddress: GOV });
  }
  chain.block();
  return { ...chain, send, ok, pass, proposal, consumer, handOver };
}

describe("governance owns a consumer", () => {
  const topN = (n: number) =>
    packed(`${CCV}.MsgUpdateConsumer`, {
      owner: GOV,
      consumerId: "0",
      powerShapingParameters: { topN: n },
      initializationParameters: { ...defaultInitialization(), spawnTime: nsToTimestamp(START_NS) },
    });

  test("and makes it a Top N chain, which launches with the strongest enrolled", () => {
    const chain = governed();
    chain.handOver();
    expect(chain.consumer().ownerAddress).toBe(GOV);
    expect(chain.pass([topN(67)]).status).toBe(PASSED);
    chain.block();
    const { phase, powerShapingParams } = chain.consumer();
    expect([phase, powerShapingParams?.topN]).toEqual(["CONSUMER_PHASE_LAUNCHED", 67]);
    const opted = codecOf(`${CCV.slice(1)}.QueryConsumerChainOptedInValidatorsResponse`).decode(
      chain.app.grpcQuery({
        path: `${CCV}.Query/QueryConsumerChainOptedInValidators`,
        data: QueryConsumerChainRequest.encode({ consumerId: "0" }).finish(),
      }).value,
    ) as { validatorsProviderAddresses: string[] };
    // 10 and 8 of 23 make up 67 percent.
    expect(opted.validatorsProviderAddresses).toHaveLength(2);
    // Who is above the minimum cannot leave; the weakest may.
    const leave = (n: number) => ({
      providerAddr: operatorOf(n),
      signer: accountOf(n),
      consumerId: "0",
    });
    expect(chain.send(1, `${CCV}.MsgOptOut`, leave(1)).code).toBe("provider/20");
    expect(chain.send(3, `${CCV}.MsgOptOut`, leave(3)).code).toBe("/0");
  });

  test("alone: its former owner, and governance's name under another signature, change nothing", () => {
    const chain = governed();
    chain.handOver();
    const update = (owner: string) => ({ owner, consumerId: "0", newChainId: "other-1" });
    expect(chain.send(1, `${CCV}.MsgUpdateConsumer`, update(accountOf(1))).code).toBe("provider/25");
    expect(chain.send(1, `${CCV}.MsgRemoveConsumer`, { owner: accountOf(1), consumerId: "0" }).code).toBe(
      "provider/25",
    );
    // Nobody signs for governance.
    expect(chain.send(1, `${CCV}.MsgUpdateConsumer`, update(GOV)).code).toBe("sdk/8");
  });

  test("and may not give a Top N chain away", () => {
    const chain = governed();
    chain.handOver();
    chain.pass([topN(100)]);
    chain.block();
    const give = (shaping: object) =>
      packed(`${CCV}.MsgUpdateConsumer`, {
        owner: GOV,
        consumerId: "0",
        newOwnerAddress: accountOf(2),
        ...shaping,
      });
    const kept = chain.pass([give({})]);
    expect([kept.status, kept.failedReason]).toEqual([FAILED, expect.stringContaining("Opt In")]);
    expect(chain.consumer().ownerAddress).toBe(GOV);
    expect(chain.pass([give({ powerShapingParameters: { topN: 0 } })]).status).toBe(PASSED);
    expect(chain.consumer()).toMatchObject({ ownerAddress: accountOf(2), powerShapingParams: { topN: 0 } });
  });

  test("and removes it", () => {
    const chain = governed();
    chain.handOver();
    chain.pass([topN(100)]);
    chain.block();
    const remove = packed(`${CCV}.MsgRemoveConsumer`, { owner: GOV, consumerId: "0" });
    expect(chain.pass([remove], true).status).toBe(PASSED);
    expect(chain.consumer().phase).toBe("CONSUMER_PHASE_STOPPED");
    // A second time it is in the wrong phase: the proposal passes the vote and fails.
    const again = chain.pass([remove]);
    expect([again.status, again.failedReason]).toEqual([FAILED, expect.stringContaining("phase")]);
  });
});

describe("parameters change by proposals", () => {
  test("of the provider and its reward denominations, in a hurry too", () => {
    const chain = governed();
    const params = paramsOf(chain.app, CCV.slice(1));
    const ended = chain.pass(
      [
        packed(`${CCV}.MsgUpdateParams`, { authority: GOV, params: { ...params, blocksPerEpoch: 7n } }),
        packed(`${CCV}.MsgChangeRewardDenoms`, { authority: GOV, denomsToAdd: [DENOM], denomsToRemove: [] }),
      ],
      true,
    );
    expect([ended.status, ended.expedited]).toEqual([PASSED, true]);
    expect(paramsOf(chain.app, CCV.slice(1))).toMatchObject({ blocksPerEpoch: 7n });
    expect(
      QueryRegisteredConsumerRewardDenomsResponse.decode(
        chain.app.grpcQuery({
          path: `${CCV}.Query/QueryRegisteredConsumerRewardDenoms`,
          data: new Uint8Array(),
        }).value,
      ).denoms,
    ).toEqual([DENOM]);
    expect(ended.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(["change_consumer_reward_denom", "active_proposal"]),
    );
  });

  test("all or none of a proposal: what fails takes back what was done before it", () => {
    const chain = governed();
    const params = paramsOf(chain.app, CCV.slice(1));
    const ended = chain.pass([
      packed(`${CCV}.MsgChangeRewardDenoms`, { authority: GOV, denomsToAdd: [DENOM], denomsToRemove: [] }),
      packed(`${CCV}.MsgUpdateParams`, { authority: GOV, params: { ...params, blocksPerEpoch: 0n } }),
    ]);
    expect(ended.status).toBe(FAILED);
    expect(ended.events.map(({ type }) => type)).not.toContain("change_consumer_reward_denom");
    const { value } = chain.app.grpcQuery({
      path: `${CCV}.Query/QueryRegisteredConsumerRewardDenoms`,
      data: new Uint8Array(),
    });
    expect(QueryRegisteredConsumerRewardDenomsResponse.decode(value).denoms).toEqual([]);
  });

  test("of the engine, which is told of them by the same block", () => {
    const chain = governed();
    const { block, evidence, validator } = defaultConsensusParams();
    const update = packed("/cosmos.consensus.v1.MsgUpdateParams", {
      authority: GOV,
      block: { ...block, maxGas: 77_000_000n },
      evidence,
      validator,
    });
    chain.ok(1, "/cosmos.gov.v1.MsgSubmitProposal", {
      messages: [update],
      initialDeposit: coins(10n),
      proposer: accountOf(1),
      title: "t",
      summary: "s",
    });
    for (const n of [1, 2])
      chain.ok(n, "/cosmos.gov.v1.MsgVote", { proposalId: 1n, voter: accountOf(n), option: 1, metadata: "" });
    const told: (bigint | undefined)[] = [];
    for (let i = 0; i < 4; i++) told.push(chain.block().consensusParamUpdates?.block?.maxGas);
    expect(chain.proposal(1n).status).toBe(PASSED);
    expect(told.filter((gas) => gas !== undefined)).toContain(77_000_000n);
  });

  test("not by what was made for governance before: the old contents are refused", () => {
    const chain = governed();
    for (const name of [
      "ConsumerAddition",
      "ConsumerRemoval",
      "ConsumerModification",
      "ChangeRewardDenoms",
    ]) {
      const { code, log } = chain.send(1, "/cosmos.gov.v1beta1.MsgSubmitProposal", {
        content: packed(`${CCV}.${name}Proposal`, { title: "t", description: "d", chainId: "consumer-1" }),
        initialDeposit: coins(10n),
        proposer: accountOf(1),
      });
      expect([name, code]).toEqual([name, "undefined/1"]);
      expect(log).toContain(`${name}Proposal is deprecated`);
    }
  });

  test("after enough was deposited and enough have voted", () => {
    const chain = governed();
    chain.ok(1, "/cosmos.gov.v1.MsgSubmitProposal", {
      messages: [packed(`${CCV}.MsgChangeRewardDenoms`, { authority: GOV, denomsToAdd: [DENOM] })],
      initialDeposit: coins(9n),
      proposer: accountOf(1),
      title: "t",
      summary: "s",
    });
    expect(chain.proposal(1n).status).toBe(DEPOSIT_PERIOD);
    chain.ok(2, "/cosmos.gov.v1.MsgDeposit", { proposalId: 1n, depositor: accountOf(2), amount: coins(1n) });
    expect(chain.proposal(1n).status).toBe(VOTING);
    // 5 of 23 are below the quorum of a third.
    chain.ok(3, "/cosmos.gov.v1.MsgVote", { proposalId: 1n, voter: accountOf(3), option: 1, metadata: "" });
    for (let i = 0; i < 5; i++) chain.block();
    expect(chain.proposal(1n).status).toBe(4);
  });
});

/** Every message that only governance may send, and how anybody else is told so. */
const AUTHORITY_MESSAGES: [typeUrl: string, field: string, code: string][] = [
  [`${CCV}.MsgUpdateParams`, "authority", "gov/13"],
  [`${CCV}.MsgChangeRewardDenoms`, "authority", "provider/25"],
  ["/cosmos.auth.v1beta1.MsgUpdateParams", "authority", "undefined/1"],
  ["/cosmos.bank.v1beta1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.bank.v1beta1.MsgSetSendEnabled", "authority", "gov/13"],
  ["/cosmos.staking.v1beta1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.slashing.v1beta1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.distribution.v1beta1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.distribution.v1beta1.MsgCommunityPoolSpend", "authority", "gov/13"],
  ["/cosmos.mint.v1beta1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.gov.v1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.gov.v1.MsgExecLegacyContent", "authority", "gov/13"],
  ["/cosmos.crisis.v1beta1.MsgUpdateParams", "authority", "gov/13"],
  ["/cosmos.upgrade.v1beta1.MsgSoftwareUpgrade", "authority", "gov/13"],
  ["/cosmos.upgrade.v1beta1.MsgCancelUpgrade", "authority", "gov/13"],
  ["/cosmos.consensus.v1.MsgUpdateParams", "authority", "undefined/1"],
  ["/ibc.core.client.v1.MsgUpdateParams", "signer", "ibc/2"],
  ["/ibc.core.client.v1.MsgRecoverClient", "signer", "ibc/2"],
  ["/ibc.core.client.v1.MsgIBCSoftwareUpgrade", "signer", "ibc/2"],
  ["/ibc.core.connection.v1.MsgUpdateParams", "signer", "ibc/2"],
  ["/ibc.applications.transfer.v1.MsgUpdateParams", "signer", "ibc/2"],
];

describe("messages of governance under another signature", () => {
  let chain: ReturnType<typeof governed>;
  beforeAll(() => {
    chain = governed();
  });
  test.each(AUTHORITY_MESSAGES)("%s is refused", (typeUrl, field, code) => {
    const refused = chain.send(1, typeUrl, { ...sound(typeUrl, chain.app), [field]: accountOf(1) });
    expect([refused.code, refused.log]).toEqual([code, expect.stringContaining(GOV)]);
  });

  test("these are all that the three applications have", () => {
    const options = { backend: createMemoryBackend() };
    const known = new Set(AUTHORITY_MESSAGES.map(([typeUrl]) => typeUrl));
    known.add("/interchain_security.ccv.consumer.v1.MsgUpdateParams");
    const served = [createProviderApp, createConsumerApp, createDemocracyApp].flatMap(
      (create) => create(options).services.messages,
    );
    const ofAuthority = served.filter(
      (typeUrl) =>
        /Params$|Upgrade$|SendEnabled$|PoolSpend$|LegacyContent$|RewardDenoms$|RecoverClient$/.test(
          typeUrl,
        ) && !known.has(typeUrl),
    );
    expect(ofAuthority).toEqual([]);
  });
});

/** Fields without which a message would be refused before its authority is looked at. */
function sound(typeUrl: string, app: Application): object {
  const kind = typeUrl.slice(1, typeUrl.lastIndexOf("."));
  if (typeUrl.endsWith("crisis.v1beta1.MsgUpdateParams"))
    return { constantFee: { denom: "stake", amount: "1" } };
  if (typeUrl.endsWith("consensus.v1.MsgUpdateParams")) return defaultConsensusParams();
  if (typeUrl.endsWith("MsgExecLegacyContent"))
    return { content: packed("/cosmos.gov.v1beta1.TextProposal", { title: "t", description: "d" }) };
  if (typeUrl.endsWith("MsgRecoverClient"))
    return { subjectClientId: "07-tendermint-0", substituteClientId: "07-tendermint-1" };
  if (typeUrl.endsWith("RewardDenoms")) return { denomsToAdd: [DENOM] };
  if (typeUrl.endsWith("MsgIBCSoftwareUpgrade"))
    return {
      plan: { name: "n", height: 1_000n, info: "" },
      upgradedClientState: packed("/ibc.lightclients.tendermint.v1.ClientState", { chainId: "later-2" }),
    };
  if (typeUrl.endsWith("Upgrade")) return { plan: { name: "n", height: 1_000n, info: "" } };
  if (typeUrl.endsWith("client.v1.MsgUpdateParams")) return { params: { allowedClients: ["*"] } };
  if (typeUrl.endsWith("connection.v1.MsgUpdateParams")) return { params: { maxExpectedTimePerBlock: 1n } };
  if (typeUrl.endsWith("transfer.v1.MsgUpdateParams"))
    return { params: { sendEnabled: true, receiveEnabled: true } };
  if (typeUrl.endsWith("MsgCommunityPoolSpend")) return { recipient: accountOf(2), amount: coins(1n) };
  return typeUrl.endsWith("MsgUpdateParams") ? { params: paramsOf(app, kind) } : {};
}
