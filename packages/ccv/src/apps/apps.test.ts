import { QueryConsumerGenesisRequest, QueryConsumerGenesisResponse } from "@tandem-ics/proto";
import { type Application, createAddressCodecs, type JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { testKey } from "../testing/fake-staking.ts";
import {
  drive,
  OPERATORS,
  packed,
  SECOND_NS,
  START_NS,
  sequences,
  signed,
  staked,
  through,
} from "../testing/staked-chain.ts";
import { launchedProvider } from "../testing/whole-provider.ts";
import { genesisToJson } from "../types/genesis-json.ts";
import { createConsumerApp, defaultConsumerGenesis } from "./consumer-app.ts";
import { createPlainApp, defaultPlainGenesis } from "./plain-app.ts";
import { createProviderApp, defaultProviderGenesis } from "./provider-app.ts";

const consumerGenesisOf = (app: Application): JsonObject => {
  const { value } = app.grpcQuery({
    path: "/interchain_security.ccv.provider.v1.Query/QueryConsumerGenesis",
    data: QueryConsumerGenesisRequest.encode({ consumerId: "0" }).finish(),
  });
  return genesisToJson(
    "interchain_security.ccv.v1.ConsumerGenesisState",
    QueryConsumerGenesisResponse.decode(value).genesisState,
  );
};

describe("default genesis", () => {
  const STAKING = [
    "auth",
    "bank",
    "distribution",
    "staking",
    "slashing",
    "mint",
    "ibc",
    "evidence",
    "transfer",
    "genutil",
  ];
  test.each([
    ["of a provider", defaultProviderGenesis(), [...STAKING, "provider", "provider_extra"]],
    [
      "of a consumer",
      defaultConsumerGenesis(),
      [
        "auth",
        "bank",
        "slashing",
        "ibc",
        "evidence",
        "transfer",
        "genutil",
        "ccvconsumer",
        "ccvconsumer_extra",
      ],
    ],
    ["of a plain chain", defaultPlainGenesis(), STAKING],
  ])("%s has a section for each module", (_, state, sections) => {
    expect(Object.keys(state)).toEqual(expect.arrayContaining(sections));
  });
});

describe("a provider", () => {
  test("gives the engine its own set and launches a consumer", () => {
    const chain = launchedProvider();
    expect(chain.validators.map(({ power }) => power)).toEqual([10n, 8n, 5n]);
    const genesis = consumerGenesisOf(chain.app) as { provider: { initial_val_set: { power: string }[] } };
    expect(genesis.provider.initial_val_set.map(({ power }) => power)).toEqual(["10", "8", "5"]);
    expect(chain.app.invariants()).toEqual([]);
  });

  test("goes on from its exported genesis as if nothing had happened", () => {
    const chain = launchedProvider();
    const exported = through(chain.app.exportGenesis());
    expect((exported["validators"] as JsonObject[]).map(({ name, power }) => [name, power]).sort()).toEqual([
      ["v1", "10"],
      ["v2", "8"],
      ["v3", "5"],
    ]);
    const height = BigInt(exported["height"] as string) + 1n;
    const again = drive(
      createProviderApp({ backend: createMemoryBackend(), checkInvariants: true }),
      "provider",
      exported["app_state"] as JsonObject,
      height,
      START_NS + (height - 1n) * SECOND_NS,
    );
    expect(again.validators.map(({ power }) => power)).toEqual([10n, 8n, 5n]);
    for (const each of [chain, again]) each.block();
    const [was, is] = [chain, again].map(({ app }) =>
      through(app.exportGenesis()["app_state"] as JsonObject),
    );
    for (const name of ["provider", "provider_extra", "staking", "bank", "distribution", "ibc", "transfer"])
      expect([name, is![name]]).toEqual([name, was![name]]);
    expect(again.app.invariants()).toEqual([]);
  });
});

describe("a consumer", () => {
  const open = (): ReturnType<typeof drive> => {
    const provider = launchedProvider();
    const state = { ...defaultConsumerGenesis(), ccvconsumer: consumerGenesisOf(provider.app) };
    return drive(
      createConsumerApp({ backend: createMemoryBackend(), checkInvariants: true }),
      "consumer-1",
      through(state),
    );
  };

  test("starts with the provider's set from the provider's genesis", () => {
    const chain = open();
    expect(chain.validators).toEqual(
      [10n, 8n, 5n].map((power, i) => ({
        pubKey: PublicKey.fromPartial({ ed25519: testKey(i + 1) }),
        power,
      })),
    );
    for (let i = 0; i < 3; i++) expect(chain.block().validatorUpdates).toEqual([]);
    expect(chain.app.invariants()).toEqual([]);
  });

  test("[vsc-11] [vsc-12] takes no ordinary transaction before it is secured", () => {
    const chain = open();
    sequences.clear();
    const [from, to] = [1, 2].map((n) =>
      createAddressCodecs("consumer").account.encode(OPERATORS[n - 1]!.address),
    );
    const send = packed(MsgSend, {
      fromAddress: from!,
      toAddress: to!,
      amount: [{ denom: "stake", amount: "1" }],
    });
    const { txResults } = chain.block(signed("consumer-1", 1, send));
    expect(txResults[0]).toMatchObject({ codespace: "undefined", code: 1 });
    expect(txResults[0]!.log).toContain("tx contains unsupported message types at height 1");
  });

  test("goes on from its exported genesis", () => {
    const chain = open();
    chain.block();
    const exported = through(chain.app.exportGenesis());
    const again = drive(
      createConsumerApp({ backend: createMemoryBackend(), checkInvariants: true }),
      "consumer-1",
      exported["app_state"] as JsonObject,
      2n,
      START_NS + SECOND_NS,
    );
    expect(again.validators.map(({ power }) => power).sort()).toEqual([10n, 5n, 8n].sort());
    for (const each of [chain, again]) each.block();
    const [was, is] = [chain, again].map(({ app }) =>
      through(app.exportGenesis()["app_state"] as JsonObject),
    );
    for (const name of ["ccvconsumer", "bank", "ibc", "transfer"])
      expect([name, is![name]]).toEqual([name, was![name]]);
  });
});

test("a plain chain gives the engine all bonded validators", () => {
  const chain = drive(
    createPlainApp({ backend: createMemoryBackend() }),
    "plain",
    staked(defaultPlainGenesis()),
  );
  expect(chain.validators.map(({ power }) => power)).toEqual([10n, 8n, 5n]);
  chain.block();
});
