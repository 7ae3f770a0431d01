/** Lines of the protocol's checklist that whole applications must keep, not the modules alone. */
import { ConsumerQueryThrottleStateResponse, MsgAssignConsumerKey } from "@tandem-ics/proto";
import { type Application, createTestSigner, type JsonObject, signTestTx } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import {
  QuerySigningInfosRequest,
  QuerySigningInfosResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import type { Event } from "cosmjs-types/tendermint/abci/types";
import { testAddress, testKey } from "../testing/fake-staking.ts";
import {
  ADDRESSES,
  accountOf,
  drive,
  makeBlock,
  operatorOf,
  packed,
  staked,
  through,
} from "../testing/staked-chain.ts";
import { newConsumerGenesis } from "../testing/test-consumer.ts";
import { keyJson } from "../testing/test-provider.ts";
import { CONSUMER, createConsumer, openProvider, PROVIDER } from "../testing/whole-provider.ts";
import { createConsumerApp, defaultConsumerGenesis } from "./consumer-app.ts";
import { defaultProviderGenesis } from "./provider-app.ts";

const NEWCOMER = createTestSigner("newcomer");
/** Its account number: behind the three operators. */
const NEWCOMER_NUMBER = 3n;

/** Genesis with one more account, which has money and no validator. */
function withNewcomer(base: JsonObject): JsonObject {
  const { auth, bank, ...rest } = base as { auth: JsonObject; bank: JsonObject } & JsonObject;
  const [account] = auth["accounts"] as JsonObject[];
  const [supply] = bank["supply"] as { denom: string; amount: string }[];
  const address = ADDRESSES.account.encode(NEWCOMER.address);
  return {
    ...rest,
    auth: { ...auth, accounts: [...(auth["accounts"] as JsonObject[]), { ...account!, address }] },
    bank: {
      ...bank,
      balances: [
        ...(bank["balances"] as JsonObject[]),
        { address, coins: [{ denom: "stake", amount: "9000000" }] },
      ],
      supply: [{ denom: "stake", amount: (BigInt(supply!.amount) + 9_000_000n).toString() }],
    },
  };
}

test("[key-7] staking refuses a new validator whose key is assigned on a consumer, and takes another key", () => {
  const chain = openProvider(withNewcomer(staked(defaultProviderGenesis())));
  const assign = MsgAssignConsumerKey.create({
    providerAddr: operatorOf(1),
    signer: accountOf(1),
    consumerId: "0",
    consumerKey: keyJson(7),
  });
  expect(chain.act([1, createConsumer()], [1, packed(MsgAssignConsumerKey, assign)])).toEqual(["ok", "ok"]);

  const validator = (key: number, sequence: bigint): Uint8Array =>
    signTestTx({
      chainId: PROVIDER,
      messages: [
        packed(
          MsgCreateValidator,
          MsgCreateValidator.fromPartial({
            description: { moniker: "newcomer" },
            commission: {
              rate: "100000000000000000",
              maxRate: "1000000000000000000",
              maxChangeRate: "1000000000000000000",
            },
            minSelfDelegation: "1",
            validatorAddress: ADDRESSES.validator.encode(NEWCOMER.address),
            pubkey: {
              typeUrl: "/cosmos.crypto.ed25519.PubKey",
              value: Uint8Array.of(0x0a, 32, ...testKey(key)),
            },
            value: { denom: "stake", amount: "7000000" },
          }),
        ),
      ],
      signers: [{ signer: NEWCOMER, accountNumber: NEWCOMER_NUMBER, sequence }],
      gas: 2_000_000n,
    });
  const [refused, taken] = chain.block(validator(7, 0n), validator(8, 1n)).txResults;
  // Go panics in the hook, so that the transaction fails as one that panicked.
  expect(refused).toMatchObject({ codespace: "undefined", code: 111_222 });
  expect(taken).toMatchObject({ code: 0, log: "" });
  expect(chain.app.invariants()).toEqual([]);
});

/** A consumer of three validators in its first block, with a short window for downtime. */
function consumer() {
  const genesis = newConsumerGenesis();
  const provider = genesis["provider"] as { consensus_state: JsonObject };
  // The provider's header must be young enough for a client.
  provider.consensus_state["timestamp"] = "2025-12-31T23:59:59Z";
  const base = defaultConsumerGenesis();
  const slashing = base["slashing"] as { params: JsonObject } & JsonObject;
  return drive(
    createConsumerApp({ backend: createMemoryBackend(), checkInvariants: true }),
    CONSUMER,
    through({
      ...base,
      ccvconsumer: genesis,
      slashing: { ...slashing, params: { ...slashing.params, signed_blocks_window: "10" } },
    }),
  );
}
const signingInfos = (app: Application) =>
  QuerySigningInfosResponse.decode(
    app.grpcQuery({
      path: "/cosmos.slashing.v1beta1.Query/SigningInfos",
      data: QuerySigningInfosRequest.encode(QuerySigningInfosRequest.fromPartial({})).finish(),
    }).value,
  ).info;

/** Makes a block whose last commit lacks the second validator. Gives the block's events. */
const voted = (app: Application, height: bigint): readonly Event[] =>
  makeBlock(app, height, {
    votes: [10n, 8n, 5n].map((power, i) => ({ address: testAddress(i + 1), power, signed: i !== 1 })),
  }).events;

test("[slash-1] [slash-2] downtime on a consumer is reported once, and a reported validator's misses are not counted", () => {
  const chain = consumer();
  chain.block();
  const reports: bigint[] = [];
  for (let height = 2n; height <= 40n; height++)
    if (voted(chain.app, height).some(({ type }) => type === "consumer_slash_request")) reports.push(height);
  // The first height above the window whose misses are more than half of it.
  expect(reports).toEqual([11n]);
  const { packetDataQueue, slashRecord } = ConsumerQueryThrottleStateResponse.decode(
    chain.app.grpcQuery({
      path: "/interchain_security.ccv.consumer.v1.Query/QueryThrottleState",
      data: new Uint8Array(),
    }).value,
  );
  // No channel is known yet: the report waits.
  expect(slashRecord).toBeUndefined();
  expect(packetDataQueue).toEqual([
    {
      type: 1,
      data: {
        $case: "slashPacketData",
        value: { validator: { address: testAddress(2), power: 8n }, valsetUpdateId: 0n, infraction: 2 },
      },
    },
  ]);
  const missed = signingInfos(chain.app).map(({ missedBlocksCounter }) => missedBlocksCounter);
  expect(missed).toEqual([0n, 0n, 0n]);
});

test("[handshake-12] a consumer knows how its first validators sign before it sees their first commit", () => {
  const chain = consumer();
  const infos = () => signingInfos(chain.app);
  chain.block();
  expect(infos().map(({ startHeight, missedBlocksCounter }) => [startHeight, missedBlocksCounter])).toEqual(
    [1, 2, 3].map(() => [0n, 0n]),
  );
  voted(chain.app, 2n);
  expect(
    infos()
      .map(({ missedBlocksCounter }) => missedBlocksCounter)
      .sort(),
  ).toEqual([0n, 0n, 1n]);
});
