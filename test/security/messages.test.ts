/** Who may say what: signers, keys, owners, wrapped messages. */

import { createConsumerApp, createProviderApp } from "@tandem-ics/ccv";
import { isTransactionAbort } from "@tandem-ics/ibc";
import {
  hasMessage,
  MsgAssignConsumerKey,
  MsgOptIn,
  MsgOptOut,
  MsgSetConsumerCommissionRate,
  messageDescriptor,
  messageNames,
  signersOf,
} from "@tandem-ics/proto";
import type { DecodedTx } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { MsgExec } from "cosmjs-types/cosmos/authz/v1beta1/tx";
import * as state from "../../packages/ccv/src/provider/state.ts";
import {
  accountOf,
  createTestConsumer,
  createTestProvider,
  keyJson,
  OWNER,
  operatorOf,
  refusalCode,
  testOperator,
} from "./kits.ts";

describe("[sec-01] ICS-2024-002: only the validator itself", () => {
  const foreign = { providerAddr: operatorOf(1), signer: accountOf(2) };
  test.each<[string, (consumerId: string) => [never, object]]>([
    ["opts in", (consumerId) => [MsgOptIn as never, { ...foreign, consumerId, consumerKey: "" }]],
    [
      "opts in with a key",
      (consumerId) => [MsgOptIn as never, { ...foreign, consumerId, consumerKey: keyJson(50) }],
    ],
    ["opts out", (consumerId) => [MsgOptOut as never, { ...foreign, consumerId }]],
    [
      "assigns a key",
      (consumerId) => [MsgAssignConsumerKey as never, { ...foreign, consumerId, consumerKey: keyJson(50) }],
    ],
    [
      "sets its commission",
      (consumerId) => [
        MsgSetConsumerCommissionRate as never,
        { ...foreign, consumerId, rate: "200000000000000000" },
      ],
    ],
  ])("%s", (_, build) => {
    const chain = createTestProvider();
    const id = chain.launch([1, 2, 3]);
    const rows = () =>
      JSON.stringify(
        [state.optedIn, state.consumerKeys, state.providerAddresses, state.commissionRates].map((map) =>
          [...map.entries(chain.ctx)].map(([key]) => String(key)),
        ),
      );
    const before = rows();
    const [codec, message] = build(id);
    const deliver = (signer: string) =>
      refusalCode(() =>
        chain.deliver(
          codec as typeof MsgOptIn,
          MsgOptIn.create({ ...message, signer }) && ({ chainId: "", ...message, signer } as never),
        ),
      );
    expect(deliver(accountOf(2))).not.toBe("none");
    expect(rows()).toBe(before);
    // The same from the validator itself is not refused for its signer.
    expect(deliver(accountOf(1))).toBe("none");
  });
});

describe("[sec-21] authz around what a consumer does not take", () => {
  const UNJAIL = { typeUrl: "/cosmos.slashing.v1beta1.MsgUnjail", value: new Uint8Array() };
  const wrap = (inner: { typeUrl: string; value: Uint8Array }, depth: number): typeof inner =>
    depth === 0
      ? inner
      : wrap(
          { typeUrl: MsgExec.typeUrl, value: MsgExec.encode({ grantee: "", msgs: [inner] }).finish() },
          depth - 1,
        );
  test.each([0, 1, 2, 5, 100])("an unjailing %i levels down is refused", (depth) => {
    const chain = createTestConsumer();
    chain.openChannel();
    chain.vsc(1n);
    const tx = { messages: [wrap(UNJAIL, depth)] } as unknown as DecodedTx;
    const codes = chain.consumer.ante.map(({ run }) => refusalCode(() => run(chain.ctx, tx)));
    expect(codes).toContain("undefined/1");
  });
});

describe("[sec-22] a key that is another's", () => {
  const assign = (chain: ReturnType<typeof createTestProvider>, consumerId: string, n: number, key: number) =>
    refusalCode(() =>
      chain.deliver(MsgAssignConsumerKey, {
        chainId: "",
        consumerId,
        providerAddr: operatorOf(n),
        signer: accountOf(n),
        consumerKey: keyJson(key),
      }),
    );

  test("cannot be assigned: neither another's provider key nor what another has or had on that consumer", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    expect(assign(chain, id, 1, 2)).toBe("provider/10");
    expect(assign(chain, id, 1, 50)).toBe("none");
    expect(assign(chain, id, 2, 50)).toBe("provider/10");
    expect(assign(chain, id, 1, 51)).toBe("none");
    // The first key waits to be forgotten: its votes are still the first validator's.
    expect(assign(chain, id, 2, 50)).toBe("provider/10");
  });

  test("is not taken by a new validator either", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    expect(assign(chain, id, 1, 9)).toBe("none");
    chain.fake.set(9, { tokens: 5_000_000n });
    let thrown: unknown;
    try {
      chain.provider.stakingHooks.afterValidatorCreated(chain.ctx, testOperator(9));
    } catch (error) {
      thrown = error;
    }
    expect(isTransactionAbort(thrown)).toBe(true);
  });

  test("of a consumer that does not exist is not kept", () => {
    const chain = createTestProvider();
    expect(assign(chain, "7", 1, 50)).not.toBe("none");
    expect(state.consumerKeys.keys(chain.ctx)).toEqual([]);
  });
});

describe("[sec-24] a validator, a consumer and their rights", () => {
  test("who is jailed right after opting out is out, and a report of it jails nobody again", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.openChannel(id);
    chain.deliver(MsgOptOut, {
      chainId: "",
      consumerId: id,
      providerAddr: operatorOf(3),
      signer: accountOf(3),
    });
    chain.fake.set(3, { jailed: true });
    chain.nextEpoch();
    const { data } = chain.ibc.sent[0]!;
    expect((JSON.parse(data) as { validator_updates: { power?: string }[] }).validator_updates).toMatchObject(
      [{ power: "0" }],
    );
    chain.nextEpoch();
    expect(chain.ibc.sent).toHaveLength(1);
  });

  test("initialization parameters of a launched consumer are not changed", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const before = state.initialization.get(chain.ctx, id);
    expect(
      refusalCode(() =>
        chain.update(id, {
          initializationParameters: chain.initialization({ unbondingPeriod: { seconds: 1n, nanos: 0 } }),
        }),
      ),
    ).not.toBe("none");
    expect(state.initialization.get(chain.ctx, id)).toEqual(before);
  });

  test("two consumers of one chain id are two consumers in everything that is kept of them", () => {
    const chain = createTestProvider();
    const [first, second] = [chain.launch([1, 2]), chain.launch([3])];
    expect([first, second]).toEqual(["0", "1"]);
    expect(state.chainIds.get(chain.ctx, first)).toBe(state.chainIds.get(chain.ctx, second));
    expect(state.clientOfConsumer.get(chain.ctx, first)).not.toBe(
      state.clientOfConsumer.get(chain.ctx, second),
    );
    const members = (id: string) =>
      state.consumerValidators.keys(chain.ctx, { prefix: state.consumerPrefix(id) }).length;
    expect([members(first), members(second)]).toEqual([2, 1]);
    expect(refusalCode(() => chain.update(first, { owner: accountOf(1) }))).toBe("provider/25");
    expect(OWNER).toBe(state.owners.get(chain.ctx, second));
  });
});

test("[sec-25] every message that a chain takes says who signs it", () => {
  const apps = [createProviderApp, createConsumerApp].map((create) =>
    create({ backend: createMemoryBackend() }),
  );
  const taken = [...new Set(apps.flatMap(({ services }) => services.messages))];
  expect(taken.length).toBeGreaterThan(50);
  const [known, unknown] = [true, false].map((is) => taken.filter((t) => hasMessage(t.slice(1)) === is));
  // A form that nobody knows has no signer that could be found, and so cannot be sent.
  for (const typeUrl of unknown!) expect(() => signersOf(typeUrl, {})).toThrow("unknown message type");
  expect(unknown!.length).toBeLessThan(3);
  expect(known!.filter((typeUrl) => messageDescriptor(typeUrl.slice(1)).signers.length === 0)).toEqual([]);
  // And a name that is written there is a field that exists.
  const empty = (typeUrl: string) => () => signersOf(typeUrl, {});
  for (const typeUrl of known!) expect(empty(typeUrl)).not.toThrow(/has no field/);
  expect(messageNames().length).toBeGreaterThan(taken.length);
});
