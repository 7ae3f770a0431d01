import { MsgAssignConsumerKey } from "@tandem-ics/proto";
import { testAddress, testOperator } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  accountOf,
  createTestProvider,
  keyJson,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import { TransactionAbort } from "../types/refusals.ts";
import * as state from "./state.ts";

const DAY = 86_400n;

const assign = (
  chain: TestProvider,
  consumerId: string,
  n: number,
  consumerKey: string,
  signer = accountOf(n),
) =>
  chain.deliver(MsgAssignConsumerKey, {
    chainId: "",
    consumerId,
    providerAddr: operatorOf(n),
    signer,
    consumerKey,
  });

const knows = (chain: TestProvider, consumerId: string, key: number): boolean =>
  state.providerAddresses.has(chain.ctx, [consumerId, testAddress(key)]);

describe("assigning a key", () => {
  test("[key-1] of another provider validator is refused", () => {
    const chain = createTestProvider();
    const id = chain.create();
    expect(refusalCode(() => assign(chain, id, 1, keyJson(2)))).toBe("provider/10");
  });

  test("[key-2] that is the provider key works only after another one", () => {
    const chain = createTestProvider();
    const id = chain.create();
    expect(refusalCode(() => assign(chain, id, 1, keyJson(1)))).toBe("provider/11");
    assign(chain, id, 1, keyJson(50));
    assign(chain, id, 1, keyJson(1));
    expect(state.consumerKeys.get(chain.ctx, [id, testAddress(1)])?.ed25519).toEqual(
      new Uint8Array(32).fill(1),
    );
  });

  test("[key-3] twice, by anyone, is refused, also while it waits to be pruned", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    assign(chain, id, 1, keyJson(50));
    expect(refusalCode(() => assign(chain, id, 1, keyJson(50)))).toBe("provider/10");
    expect(refusalCode(() => assign(chain, id, 2, keyJson(50)))).toBe("provider/10");
    assign(chain, id, 1, keyJson(51));
    expect(refusalCode(() => assign(chain, id, 2, keyJson(50)))).toBe("provider/10");
    expect(refusalCode(() => assign(chain, id, 1, keyJson(50)))).toBe("provider/10");
  });

  test("is separate for each consumer", () => {
    const chain = createTestProvider();
    const [first, second] = [chain.create(), chain.create()];
    assign(chain, first, 1, keyJson(50));
    assign(chain, second, 2, keyJson(50));
    expect(state.providerAddresses.get(chain.ctx, [second, testAddress(50)])).toEqual(testAddress(2));
  });

  test.each([
    ["is not Ed25519", `{"@type":"/cosmos.crypto.secp256k1.PubKey","key":"AAAA"}`, "staking/6"],
    ["is no base64", `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"!"}`, "undefined/1"],
    ["is no JSON", "key", "provider/46"],
    ["is empty", "", "provider/46"],
  ])("[key-4] that %s is refused", (_, json, code) => {
    const chain = createTestProvider();
    const id = chain.create();
    expect(refusalCode(() => assign(chain, id, 1, json))).toBe(code);
  });

  test("[key-4] that is too short aborts the transaction, as Go panics", () => {
    const chain = createTestProvider();
    const id = chain.create();
    const short = `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"AAAA"}`;
    expect(() => assign(chain, id, 1, short)).toThrow(new TransactionAbort("pubkey is incorrect size"));
  });

  test("by someone else than the validator, or by no validator, is refused", () => {
    const chain = createTestProvider();
    const id = chain.create();
    expect(refusalCode(() => assign(chain, id, 1, keyJson(50), accountOf(2)))).toBe("provider/46");
    expect(refusalCode(() => assign(chain, id, 9, keyJson(50)))).toBe("staking/3");
    expect(refusalCode(() => assign(chain, "5", 1, keyJson(50)))).toBe("provider/27");
  });

  test("[key-5] frees the old one at once before launch, and after the unbonding time later", () => {
    const chain = createTestProvider();
    const waiting = chain.create();
    assign(chain, waiting, 1, keyJson(50));
    assign(chain, waiting, 1, keyJson(51));
    expect(knows(chain, waiting, 50)).toBe(false);
    const running = chain.launch();
    assign(chain, running, 1, keyJson(50));
    assign(chain, running, 1, keyJson(51));
    expect(knows(chain, running, 50)).toBe(true);
    chain.nextBlock(21n * DAY - 1n);
    chain.nextBlock(0n);
    expect(knows(chain, running, 50)).toBe(true);
    chain.nextBlock(1n);
    chain.nextBlock(0n);
    expect(knows(chain, running, 50)).toBe(false);
    expect(state.addressesToPrune.keys(chain.ctx)).toEqual([]);
  });

  test("is told with the key as it was given", () => {
    const chain = createTestProvider();
    const id = chain.create();
    assign(chain, id, 1, keyJson(50));
    expect(chain.eventsOf("assign_consumer_key")).toEqual([
      {
        module: "provider",
        consumer_id: "0",
        consumer_chain_id: "consumer-1",
        provider_validator_address: operatorOf(1),
        consumer_consensus_pub_key: keyJson(50),
        submitter_address: accountOf(1),
      },
    ]);
  });
});

describe("validators of staking", () => {
  test("[key-7] cannot be created with a key that some active consumer knows", () => {
    const chain = createTestProvider();
    const id = chain.create();
    assign(chain, id, 1, keyJson(7));
    chain.fake.set(7, { tokens: 1n });
    const { afterValidatorCreated } = chain.provider.stakingHooks;
    expect(() => afterValidatorCreated(chain.ctx, testOperator(7))).toThrow(TransactionAbort);
    chain.fake.set(8, { tokens: 1n });
    expect(() => afterValidatorCreated(chain.ctx, testOperator(8))).not.toThrow();
  });

  test("[key-8] take their keys with them when they go, on every consumer", () => {
    const chain = createTestProvider();
    const [first, second] = [chain.create(), chain.create()];
    assign(chain, first, 1, keyJson(50));
    assign(chain, second, 1, keyJson(51));
    assign(chain, second, 2, keyJson(52));
    chain.provider.stakingHooks.afterValidatorRemoved(chain.ctx, testAddress(1), testOperator(1));
    expect([...state.consumerKeys.entries(chain.ctx)]).toHaveLength(1);
    expect(knows(chain, first, 50) || knows(chain, second, 51)).toBe(false);
    expect(knows(chain, second, 52)).toBe(true);
  });
});
