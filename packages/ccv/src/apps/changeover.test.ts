/** A plain chain with stake and governance of its own becomes a consumer by an upgrade, on one and the same state. */
import { nsToDuration, nsToTimestamp } from "@tandem-ics/proto";
import type { Application, JsonObject } from "@tandem-ics/runtime";
import { moduleAddress } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { VoteOption } from "cosmjs-types/cosmos/gov/v1/gov";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import { QueryValidatorRequest, QueryValidatorResponse } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { MsgSoftwareUpgrade } from "cosmjs-types/cosmos/upgrade/v1beta1/tx";
import { Order, State } from "cosmjs-types/ibc/core/channel/v1/channel";
import { QueryChannelRequest, QueryChannelResponse } from "cosmjs-types/ibc/core/channel/v1/query";
import { MsgCreateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { MsgConnectionOpenInit } from "cosmjs-types/ibc/core/connection/v1/tx";
import { ClientState, ConsensusState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { defaultTemplateClient } from "../provider/params.ts";
import { testAddress } from "../testing/fake-staking.ts";
import {
  ADDRESSES,
  accountOf,
  drive,
  makeBlock,
  operatorOf,
  packed,
  SECOND_NS,
  START_NS,
  sequences,
  signed,
  staked,
  through,
} from "../testing/staked-chain.ts";
import { newConsumerGenesis, updateOf } from "../testing/test-consumer.ts";
import { CHANGEOVER_PLAN, createDemocracyApp } from "./democracy-app.ts";
import { createPlainApp, defaultPlainGenesis } from "./plain-app.ts";

const CHAIN_ID = "sovereign-1";
/** Height of the upgrade. */
const H = 12n;
const DAY_NS = 86_400n * SECOND_NS;
/** The provider's set: 3 validated the chain before, 11 and 12 are new. */
const PROVIDER_SET = [updateOf(3, 50n), updateOf(11, 40n), updateOf(12, 30n)];

/** Genesis of the chain before: votes take two seconds, and three misses of four blocks are downtime. */
function sovereignGenesis(): JsonObject {
  const state = staked(defaultPlainGenesis());
  const section = (name: string) => state[name] as { params: JsonObject } & JsonObject;
  const gov = section("gov");
  const slashing = section("slashing");
  return through({
    ...state,
    gov: {
      ...gov,
      params: {
        ...gov.params,
        voting_period: "2s",
        expedited_voting_period: "1s",
        min_deposit: [{ denom: "stake", amount: "1" }],
      },
    },
    slashing: { ...slashing, params: { ...slashing.params, signed_blocks_window: "4" } },
  });
}

/** What the provider makes for a consumer over an existing connection. */
function consumerGenesis(): JsonObject {
  const genesis = newConsumerGenesis({ preCCV: true, connectionId: "connection-0" });
  const provider = genesis["provider"] as JsonObject;
  const made = newConsumerGenesis({
    provider: { clientState: undefined, consensusState: undefined, initialValSet: PROVIDER_SET },
  });
  return {
    ...genesis,
    provider: { ...provider, ...(made["provider"] as JsonObject), client_state: null, consensus_state: null },
  };
}

/** Makes a block whose last commit has these votes: who signed it, and who did not. */
function block(
  app: Application,
  height: bigint,
  votes: { readonly signed?: readonly number[]; readonly absent?: readonly number[] } = {},
  txs: readonly Uint8Array[] = [],
) {
  const vote = (n: number, signed: boolean) => ({ address: testAddress(n), power: 8n, signed });
  return makeBlock(app, height, {
    txs,
    votes: [
      ...(votes.signed ?? []).map((n) => vote(n, true)),
      ...(votes.absent ?? []).map((n) => vote(n, false)),
    ],
  });
}

/** The plain chain in the block before the upgrade, with a connection to the provider on its way. */
function untilUpgrade() {
  sequences.clear();
  const backend = createMemoryBackend();
  const { app } = drive(
    createPlainApp({ backend, checkInvariants: true, bech32Prefix: "cosmos" }),
    CHAIN_ID,
    sovereignGenesis(),
  );
  const any = <T>(codec: { typeUrl: string; encode(value: T): { finish(): Uint8Array } }, value: T) => ({
    typeUrl: codec.typeUrl,
    value: codec.encode(value).finish(),
  });
  const client = any(ClientState, {
    ...defaultTemplateClient(),
    chainId: "provider-1",
    trustingPeriod: nsToDuration(14n * DAY_NS),
    unbondingPeriod: nsToDuration(21n * DAY_NS),
    latestHeight: { revisionNumber: 1n, revisionHeight: 25n },
  });
  const consensus = any(ConsensusState, {
    timestamp: nsToTimestamp(START_NS),
    root: { hash: new Uint8Array(32).fill(7) },
    nextValidatorsHash: new Uint8Array(32).fill(8),
  });
  const gov = ADDRESSES.account.encode(moduleAddress("gov"));
  const plan = { name: CHANGEOVER_PLAN, height: H, info: "" };
  const txs = [
    signed(
      CHAIN_ID,
      1,
      packed(
        MsgCreateClient,
        MsgCreateClient.fromPartial({ clientState: client, consensusState: consensus, signer: accountOf(1) }),
      ),
    ),
    signed(
      CHAIN_ID,
      1,
      packed(
        MsgConnectionOpenInit,
        MsgConnectionOpenInit.fromPartial({
          clientId: "07-tendermint-0",
          counterparty: {
            clientId: "07-tendermint-3",
            prefix: { keyPrefix: new TextEncoder().encode("ibc") },
          },
          signer: accountOf(1),
        }),
      ),
    ),
    signed(
      CHAIN_ID,
      1,
      packed(
        MsgSubmitProposal,
        MsgSubmitProposal.fromPartial({
          messages: [any(MsgSoftwareUpgrade, MsgSoftwareUpgrade.fromPartial({ authority: gov, plan }))],
          initialDeposit: [{ denom: "stake", amount: "1" }],
          proposer: accountOf(1),
          title: "become a consumer",
          summary: "s",
        }),
      ),
    ),
    ...[1, 2].map((n) =>
      signed(
        CHAIN_ID,
        n,
        packed(
          MsgVote,
          MsgVote.fromPartial({ proposalId: 1n, voter: accountOf(n), option: VoteOption.VOTE_OPTION_YES }),
        ),
      ),
    ),
  ];
  block(app, 1n);
  expect(block(app, 2n, {}, txs).txResults.map(({ code, log }) => [code, log])).toEqual(
    txs.map(() => [0, ""]),
  );
  for (let height = 3n; height < H; height++) block(app, height, { signed: [1, 2, 3] });
  return { app, backend };
}

const tokensOf = (app: Application, n: number): string =>
  QueryValidatorResponse.decode(
    app.grpcQuery({
      path: "/cosmos.staking.v1beta1.Query/Validator",
      data: QueryValidatorRequest.encode({
        validatorAddr: operatorOf(n),
      }).finish(),
    }).value,
  ).validator.tokens;

describe("a running chain that becomes a consumer", () => {
  test("stops at the height of the plan as long as it is the application of before", () => {
    const { app } = untilUpgrade();
    expect(() => block(app, H)).toThrow(`UPGRADE "${CHANGEOVER_PLAN}" NEEDED at height: ${H}`);
  });

  test("is not opened with a section that the provider did not make so", () => {
    const changeover = { ...consumerGenesis(), connection_id: "" };
    expect(() => createDemocracyApp({ backend: createMemoryBackend(), changeover })).toThrow(
      "provider client state cannot be nil for new chain",
    );
  });

  test("[handshake-14] [handshake-15] takes the provider's set over in that block, starts the channel, and keeps its stake", () => {
    const { backend } = untilUpgrade();
    const app = createDemocracyApp({
      backend,
      bech32Prefix: "cosmos",
      checkInvariants: true,
      changeover: consumerGenesis(),
    });
    expect(app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).lastBlockHeight).toBe(
      H - 1n,
    );
    const before = [1, 2, 3].map((n) => tokensOf(app, n));
    const { validatorUpdates } = block(app, H, { signed: [1, 3], absent: [2] });
    expect(validatorUpdates).toEqual([...PROVIDER_SET, updateOf(1, 0n), updateOf(2, 0n)]);
    const { channel } = QueryChannelResponse.decode(
      app.grpcQuery({
        path: "/ibc.core.channel.v1.Query/Channel",
        data: QueryChannelRequest.encode({ portId: "consumer", channelId: "channel-0" }).finish(),
      }).value,
    );
    expect(channel).toMatchObject({
      state: State.STATE_INIT,
      ordering: Order.ORDER_ORDERED,
      connectionHops: ["connection-0"],
      counterparty: { portId: "provider", channelId: "" },
      version: "1",
    });
    // The plan is done: the next block needs no upgrade, and changes nothing of the set.
    expect(block(app, H + 1n, { signed: [1, 3], absent: [2] }).validatorUpdates).toEqual([]);
    // The commit of H + 1 is the last that the old set signs; its third miss lies at height H.
    const late = block(app, H + 2n, { signed: [1, 3], absent: [2] });
    expect(late.validatorUpdates).toEqual([]);
    expect(late.events.filter(({ type }) => type === "consumer_slash_request")).toEqual([]);
    expect([1, 2, 3].map((n) => tokensOf(app, n))).toEqual([before[0], "7920000", before[2]]);
    // From H + 2 on, misses are the provider's business.
    const reports: string[] = [];
    for (let height = H + 3n; height <= H + 9n; height++)
      for (const { type, attributes } of block(app, height, { signed: [3, 11], absent: [12] }).events)
        if (type === "consumer_slash_request") reports.push(attributes[1]!.value);
    expect(reports).toEqual([ADDRESSES.consensus.encode(testAddress(12))]);
    // Its own stake makes no validators any more, nor do ordinary transactions pass before the first VSC packet.
    const send = MsgSend.fromPartial({ fromAddress: accountOf(1), toAddress: accountOf(2) });
    const refused = block(app, H + 10n, { signed: [3, 11, 12] }, [
      signed(CHAIN_ID, 1, packed(MsgSend, send)),
    ]);
    expect(refused.txResults[0]!.log).toContain("tx contains unsupported message types");
    expect(refused.validatorUpdates).toEqual([]);
    expect(app.invariants()).toEqual([]);
  });
});
