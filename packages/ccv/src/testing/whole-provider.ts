/** For tests of applications: a provider with three validators, and the consumer that it launches. */
import { MsgCreateConsumer, MsgOptIn, nsToTimestamp } from "@tandem-ics/proto";
import { assert, type JsonObject } from "@tandem-ics/runtime";
import { createMemoryBackend } from "@tandem-ics/store";
import type { Any } from "cosmjs-types/google/protobuf/any";
import type { AppOptions } from "../apps/options.ts";
import { createProviderApp, defaultProviderGenesis } from "../apps/provider-app.ts";
import { defaultInitialization } from "../provider/consumer-messages.ts";
import { accountOf, drive, operatorOf, packed, START_NS, sequences, signed, staked } from "./staked-chain.ts";

/** The provider's chain id. */
export const PROVIDER = "provider";
/** Chain id of the consumer, whose consumer id is 0. */
export const CONSUMER = "consumer-1";

/** A provider before its first block. Nobody has sent anything yet. */
export function openProvider(
  state: JsonObject = staked(defaultProviderGenesis()),
  options: Partial<AppOptions> = {},
) {
  sequences.clear();
  const app = createProviderApp({ backend: createMemoryBackend(), checkInvariants: true, ...options });
  const chain = drive(app, PROVIDER, state);
  /** Puts messages of operators into one block; gives what became of each: `ok`, or why not. */
  const act = (...messages: readonly (readonly [n: number, message: Any])[]): string[] =>
    chain
      .block(...messages.map(([n, message]) => signed(PROVIDER, n, message)))
      .txResults.map(({ code, log }) => (code === 0 ? "ok" : log));
  return { ...chain, act };
}
/** A provider that a test drives. */
export type WholeProvider = ReturnType<typeof openProvider>;

/** Operator 1 creates the consumer, which spawns at a time; without one it is registered only. */
export const createConsumer = (spawnTimeNs?: bigint): Any =>
  packed(
    MsgCreateConsumer,
    MsgCreateConsumer.create({
      submitter: accountOf(1),
      chainId: CONSUMER,
      metadata: { name: "c", description: "d", metadata: "m" },
      ...(spawnTimeNs === undefined
        ? {}
        : {
            initializationParameters: { ...defaultInitialization(), spawnTime: nsToTimestamp(spawnTimeNs) },
          }),
    }),
  );

/** Validator `n` opts in to the consumer, there with a key of its own if one is given (its JSON). */
export const optIn = (n: number, consumerKey = ""): Any =>
  packed(
    MsgOptIn,
    MsgOptIn.create({ providerAddr: operatorOf(n), signer: accountOf(n), consumerId: "0", consumerKey }),
  );

/** A provider at height 3, whose consumer was launched with all validators, with these keys if any are given (their JSON). */
export function launchedProvider(consumerKeys: readonly string[] = []): WholeProvider {
  const provider = openProvider();
  provider.block();
  const done = provider.act(
    [1, createConsumer(START_NS)],
    ...[1, 2, 3].map((n) => [n, optIn(n, consumerKeys[n - 1])] as const),
  );
  assert(
    done.every((result) => result === "ok"),
    done.join("; "),
  );
  provider.block();
  return provider;
}
