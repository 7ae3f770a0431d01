/** A chain of accounts and coins alone, on a node, for tests of its doors. */
import { defaultConsensusParams, ed25519Key, type GenesisDoc } from "@tandem-ics/comet";
import { ed25519PublicKey, sha256, utf8 } from "@tandem-ics/crypto";
import { createAuthModule, createBankModule, createConsensusModule } from "@tandem-ics/modules";
import { createNode, type Node, type NodeOptions } from "@tandem-ics/node";
import { nsToTimestamp, stringifyJson } from "@tandem-ics/proto";
import {
  type Application,
  type AppModule,
  createAddressCodecs,
  createAnteHandler,
  createBaseApp,
  type JsonObject,
  moduleAddress,
} from "@tandem-ics/runtime";
import { type Backend, createMemoryBackend } from "@tandem-ics/store";

export const CHAIN_ID = "bank-1";
export const DENOM = "ucosm";
/** Test mnemonic of the funded account. */
export const MNEMONIC =
  "economy stock theory fatal elder harbor betray wasp final emotion task crumble siren bottom lizard educate guess current outdoor pair theory focus wife stone";

/** Key seeds of the validators. */
export const validatorSeeds = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => sha256(utf8(`bank validator ${i}`)));

const PERMISSIONS = { fee_collector: [] } as const;

/** Stands in for staking: validators of power 10; at one height the first gets one more. */
const validatorsModule = (seeds: readonly Uint8Array[], updateAtHeight?: bigint): AppModule => ({
  name: "validators",
  defaultGenesis: () => ({}),
  initGenesis: () => seeds.map((seed) => ({ pubKey: ed25519Key(ed25519PublicKey(seed)), power: 10n })),
  endBlock(ctx) {
    if (ctx.height !== updateAtHeight) return undefined;
    ctx.emit("validators", { changed: "1" });
    return [{ pubKey: ed25519Key(ed25519PublicKey(seeds[0]!)), power: 11n }];
  },
});

/** Accounts, bank and consensus parameters, with the SDK's ante chain. */
export function createBankApp(
  backend: Backend,
  seeds: readonly Uint8Array[],
  updateAtHeight?: bigint,
): { app: Application; genesis: JsonObject } {
  const addresses = createAddressCodecs("cosmos");
  const authority = addresses.account.encode(moduleAddress("gov"));
  const auth = createAuthModule({ addresses, permissions: PERMISSIONS, authority });
  const bank = createBankModule({ addresses, auth: auth.keeper, authority, blocked: [] });
  const consensus = createConsensusModule({ authority });
  const modules = [auth.module, bank.module, consensus.module, validatorsModule(seeds, updateAtHeight)];
  const app = createBaseApp({
    name: "bank",
    version: "1",
    backend,
    modules,
    ante: createAnteHandler({ auth: auth.keeper, bank: bank.keeper, addresses }),
    consensusParams: consensus.keeper,
    addresses,
  });
  const genesis = Object.fromEntries(
    modules.flatMap((module) => {
      const state = module.defaultGenesis?.();
      return state === undefined ? [] : [[module.name, state]];
    }),
  );
  return { app, genesis };
}

function withBalances(genesis: JsonObject, accounts: readonly string[], amount: bigint): JsonObject {
  const total = (amount * BigInt(accounts.length)).toString();
  return {
    ...genesis,
    auth: {
      ...(genesis["auth"] as JsonObject),
      accounts: accounts.map((address) => ({
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        address,
        pub_key: null,
        account_number: "0",
        sequence: "0",
      })),
    },
    bank: {
      ...(genesis["bank"] as JsonObject),
      balances: accounts.map((address) => ({
        address,
        coins: [{ denom: DENOM, amount: amount.toString() }],
      })),
      supply: [{ denom: DENOM, amount: total }],
    },
  };
}

/** What can be chosen. */
export interface BankChainOptions {
  readonly accounts: readonly string[];
  readonly validators?: number;
  readonly appBackend?: Backend;
  readonly nodeBackend?: Backend;
  readonly node?: Partial<NodeOptions>;
  readonly amount?: bigint;
  /** Nanoseconds since 1970; some seconds ago by default. */
  readonly genesisTimeNs?: bigint;
  /** Height at which the first validator's power changes. */
  readonly updateAtHeight?: bigint;
}

/** A node over the application, not started. Each account has `amount` of {@link DENOM}. */
export function createBankNode(options: BankChainOptions): Node {
  const seeds = validatorSeeds(options.validators ?? 1);
  const { app, genesis } = createBankApp(
    options.appBackend ?? createMemoryBackend(),
    seeds,
    options.updateAtHeight,
  );
  const doc: GenesisDoc = {
    genesisTime: nsToTimestamp(options.genesisTimeNs ?? BigInt(Date.now() - 10_000) * 1_000_000n),
    chainId: CHAIN_ID,
    initialHeight: 1n,
    consensusParams: defaultConsensusParams(),
    validators: [],
    appHash: new Uint8Array(0),
    appState: stringifyJson(withBalances(genesis, options.accounts, options.amount ?? 1_000_000_000_000n)),
  };
  return createNode({
    app,
    genesis: doc,
    keys: seeds,
    moniker: "bank-node",
    ...(options.nodeBackend === undefined ? {} : { backend: options.nodeBackend }),
    ...options.node,
  });
}
