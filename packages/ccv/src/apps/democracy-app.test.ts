import { toBase64 } from "@tandem-ics/crypto";
import {
  type Application,
  createAddressCodecs,
  createTestSigner,
  type JsonObject,
  signTestTx,
} from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import {
  QueryCommunityPoolResponse,
  QueryValidatorOutstandingRewardsRequest,
  QueryValidatorOutstandingRewardsResponse,
} from "cosmjs-types/cosmos/distribution/v1beta1/query";
import { MsgSubmitProposal, MsgVote } from "cosmjs-types/cosmos/gov/v1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { QueryValidatorsResponse } from "cosmjs-types/cosmos/staking/v1beta1/query";
import { MsgCreateValidator, MsgDelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Any } from "cosmjs-types/google/protobuf/any";
import { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { testKey } from "../testing/fake-staking.ts";
import { drive, packed, through } from "../testing/staked-chain.ts";
import { createDemocracyApp, DEMOCRACY_APP_NAME, defaultDemocracyGenesis } from "./democracy-app.ts";

const CHAIN = "democracy-1";
const ADDRESSES = createAddressCodecs("consumer");
const PEOPLE = [1, 2].map((n) => createTestSigner(`representative ${n}`));
const account = (n: number): string => ADDRESSES.account.encode(PEOPLE[n - 1]!.address);
const operator = (n: number): string => ADDRESSES.validator.encode(PEOPLE[n - 1]!.address);
const stake = (amount: string) => ({ denom: "stake", amount });
/** The provider's validators on this chain. */
const SIGNERS = [1, 2, 3];

/** A democracy consumer whose CCV channel is known, as after a restart, with two rich people. */
function genesis(): JsonObject {
  const base = defaultDemocracyGenesis();
  const section = (name: string): JsonObject => base[name] as JsonObject;
  const ccv = section("ccvconsumer");
  const gov = section("gov");
  return {
    ...base,
    auth: {
      ...section("auth"),
      accounts: PEOPLE.map((_, i) => ({
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        address: account(i + 1),
        pub_key: null,
        account_number: "0",
        sequence: "0",
      })),
    },
    bank: {
      ...section("bank"),
      balances: PEOPLE.map((_, i) => ({ address: account(i + 1), coins: [stake("100000000000")] })),
    },
    gov: {
      ...gov,
      params: { ...(gov["params"] as JsonObject), voting_period: "5s", expedited_voting_period: "3s" },
    },
    ccvconsumer: {
      ...ccv,
      params: { ...(ccv["params"] as JsonObject), enabled: true, consumer_id: "0" },
      provider: {
        client_state: null,
        consensus_state: null,
        initial_val_set: SIGNERS.map((n) => ({
          pub_key: { ed25519: toBase64(testKey(n)) },
          power: String(10 * n),
        })),
      },
      provider_client_id: "07-tendermint-0",
      provider_channel_id: "channel-0",
      height_to_valset_update_id: [],
      outstanding_downtime_slashing: [],
      pending_consumer_packets: { list: [] },
      last_transmission_block_height: { height: "0" },
    },
  };
}

function open() {
  const app = createDemocracyApp({ backend: createMemoryBackend(), checkInvariants: true });
  const chain = drive(app, CHAIN, through(genesis()));
  const sequences = new Map<number, bigint>();
  const by = (n: number, ...messages: Any[]): Uint8Array => {
    const sequence = sequences.get(n) ?? 0n;
    sequences.set(n, sequence + 1n);
    return signTestTx({
      chainId: CHAIN,
      messages,
      signers: [{ signer: PEOPLE[n - 1]!, accountNumber: BigInt(n - 1), sequence }],
      gas: 5_000_000n,
      fee: [{ denom: "stake", amount: 1_000n }],
    });
  };
  return { ...chain, by };
}

const register = (n: number, tokens: string): Any =>
  packed(
    MsgCreateValidator,
    MsgCreateValidator.fromPartial({
      description: { moniker: `representative ${n}` },
      commission: { rate: "100000000000000000", maxRate: "200000000000000000", maxChangeRate: "0" },
      minSelfDelegation: "1",
      validatorAddress: operator(n),
      pubkey: {
        typeUrl: "/cosmos.crypto.ed25519.PubKey",
        value: Uint8Array.of(0x0a, 32, ...testKey(n + 10)),
      },
      value: stake(tokens),
    }),
  );

const ask = (app: Application, path: string, data: Uint8Array = new Uint8Array()): Uint8Array =>
  app.grpcQuery({ path, data }).value;

const outstanding = (app: Application, n: number): bigint => {
  const { rewards } = QueryValidatorOutstandingRewardsResponse.decode(
    ask(
      app,
      "/cosmos.distribution.v1beta1.Query/ValidatorOutstandingRewards",
      QueryValidatorOutstandingRewardsRequest.encode({ validatorAddress: operator(n) }).finish(),
    ),
  );
  return BigInt(rewards.rewards[0]?.amount ?? "0");
};

const communityPool = (app: Application): bigint =>
  BigInt(
    QueryCommunityPoolResponse.decode(ask(app, "/cosmos.distribution.v1beta1.Query/CommunityPool")).pool[0]
      ?.amount ?? "0",
  );

describe("a democracy consumer", () => {
  test("is named as the Go program and gives its engine the provider's set, whatever is staked", () => {
    const { app, block, by, validators } = open();
    expect(app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" }).data).toBe(
      DEMOCRACY_APP_NAME,
    );
    expect(validators).toEqual(
      SIGNERS.map((n) => ({ pubKey: PublicKey.fromPartial({ ed25519: testKey(n) }), power: BigInt(10 * n) })),
    );
    expect(block(by(1, register(1, "5000000")), by(2, register(2, "3000000")))).toMatchObject({
      txResults: [{ code: 0 }, { code: 0 }],
      validatorUpdates: [],
    });
    const { validators: bonded } = QueryValidatorsResponse.decode(
      ask(app, "/cosmos.staking.v1beta1.Query/Validators"),
    );
    expect(bonded.map(({ tokens, status }) => [tokens, status])).toEqual(
      expect.arrayContaining([
        ["5000000", 3],
        ["3000000", 3],
      ]),
    );
    expect(block().validatorUpdates).toEqual([]);
    expect(app.invariants()).toEqual([]);
  });

  test("gives what it keeps of fees and new tokens to the community until somebody is bonded", () => {
    const { app, block } = open();
    block();
    expect(communityPool(app)).toBe(0n);
    block();
    block();
    expect(communityPool(app)).toBeGreaterThan(0n);
  });

  test("shares it among its representatives by their tokens, and not among block makers", () => {
    const { app, block, by } = open();
    block(by(1, register(1, "6000000")), by(2, register(2, "3000000")));
    block();
    const before = [outstanding(app, 1), outstanding(app, 2), communityPool(app)];
    block();
    block();
    const [first, second, community] = [outstanding(app, 1), outstanding(app, 2), communityPool(app)].map(
      (now, i) => now - before[i]!,
    );
    expect(first).toBeGreaterThan(0n);
    // Twice the tokens, within what two truncations cut off.
    expect(first! - 2n * second!).toBeLessThan(1000n);
    // The community tax of two percent, and what was cut off.
    const total = first! + second! + community!;
    expect((community! * 1000n) / total).toBe(20n);
    expect(app.invariants()).toEqual([]);
  });

  test("has its representatives vote, with the stake of their delegators", () => {
    const { block, by } = open();
    block(by(1, register(1, "6000000")));
    const delegate = packed(MsgDelegate, {
      delegatorAddress: account(2),
      validatorAddress: operator(1),
      amount: stake("9000000"),
    });
    const propose = packed(
      MsgSubmitProposal,
      MsgSubmitProposal.fromPartial({
        messages: [],
        initialDeposit: [stake("10000000")],
        proposer: account(2),
        metadata: "m",
        title: "t",
        summary: "s",
      }),
    );
    const vote = packed(MsgVote, MsgVote.fromPartial({ proposalId: 1n, voter: account(1), option: 1 }));
    expect(
      block(by(2, delegate), by(2, propose), by(1, vote)).txResults.map(({ code, log }) => [code, log]),
    ).toEqual([
      [0, ""],
      [0, ""],
      [0, ""],
    ]);
    const results: string[] = [];
    for (let i = 0; i < 7; i++)
      for (const { type, attributes } of block().events)
        if (type === "active_proposal")
          results.push(
            ...attributes.filter(({ key }) => key === "proposal_result").map(({ value }) => value),
          );
    expect(results).toEqual(["proposal_passed"]);
  });

  test("takes ordinary messages, but none of slashing: its representatives sign no blocks", () => {
    const { block, by } = open();
    const send = packed(MsgSend, {
      fromAddress: account(1),
      toAddress: account(2),
      amount: [stake("1")],
    });
    const unjail = packed(MsgUnjail, { validatorAddr: operator(1) });
    const { txResults } = block(by(1, send), by(2, unjail));
    expect(txResults.map(({ code }) => code)).toEqual([0, 1]);
    expect(txResults[1]!.log).toContain("tx contains message types from unsupported modules");
  });
});
