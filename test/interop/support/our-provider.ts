/** A provider of ours in this process, all of whose validators' keys are held here. */
import { createProviderApp } from "@tandem-ics/ccv";
import { type ChainClient, connectChain, createTxSender, type TxSender } from "@tandem-ics/client";
import type { GenesisDoc } from "@tandem-ics/comet";
import { createNode, inMemoryRpcClient, type Node } from "@tandem-ics/node";
import { newProviderGenesis } from "@tandem-ics/node/home";
import { createMemoryBackend } from "@tandem-ics/store";
import { STAKE } from "../harness/go-chain.ts";
import { HALF_UNIT, POWER_UNIT } from "./churn.ts";
import { type Keys, keysOf } from "./keys.ts";

/** A transaction may be as big as a block. */
const GAS = 1_000_000_000n;
const FUNDS = 1_000_000_000_000n;
/** Power of the validator that never leaves: little, so that the others outweigh it soon. */
const ANCHOR_UNITS = 3n;

/** The chain. A block is made whenever somebody waits for one. */
export interface OurProvider {
  readonly node: Node;
  readonly genesis: GenesisDoc;
  readonly client: ChainClient;
  /** Of `OTHERS`, as named by the options; the one that is always there is not among them. */
  readonly validators: readonly Keys[];
  sender(keys: Keys): TxSender;
  close(): Promise<void>;
}

/** Starts one, its genesis a minute ago. */
export async function startOurProvider(options: {
  chainId: string;
  /** Validators with half a unit of power. */
  others: number;
  /** Accounts with funds. */
  accounts: readonly Keys[];
  /** The validator that is always there, and its power; by default one of little power. */
  anchor?: { readonly keys: Keys; readonly units: bigint };
}): Promise<OurProvider> {
  const { chainId, accounts } = options;
  const { keys: anchor, units } = options.anchor ?? {
    keys: keysOf(`${chainId} anchor`),
    units: ANCHOR_UNITS,
  };
  const validators = Array.from({ length: options.others }, (_, i) => keysOf(`${chainId} ${i}`));
  const genesis = newProviderGenesis({
    chainId,
    genesisTimeNs: BigInt(Date.now() - 60_000) * 1_000_000n,
    initialHeight: 1n,
    denom: STAKE,
    accounts: accounts.map(({ account }) => ({ address: account, coins: [{ denom: STAKE, amount: FUNDS }] })),
    validators: [anchor, ...validators].map((keys) => ({
      operator: keys.account,
      publicKey: keys.consensusKey,
      stake: keys === anchor ? units * POWER_UNIT : HALF_UNIT,
      moniker: keys.name,
    })),
  });
  const node = createNode({
    app: createProviderApp({ backend: createMemoryBackend() }),
    genesis,
    keys: [anchor, ...validators].map(({ seed }) => seed),
  });
  node.start();
  node.produceBlock();
  const client = await connectChain(inMemoryRpcClient(node), {
    pace: {
      async after(height) {
        while (node.height <= height) node.produceBlock();
        return node.height;
      },
    },
  });
  return {
    node,
    genesis,
    client,
    validators,
    sender: (keys) => fixedGasSender(client, keys),
    async close() {
      client.disconnect();
      await node.stop();
    },
  };
}

/** Sends for an account without asking for the gas first. */
export const fixedGasSender = (chain: ChainClient, { signer, address }: Keys): TxSender =>
  createTxSender({
    chainId: chain.chainId,
    rpc: chain.rpc,
    comet: chain.comet,
    signer,
    address,
    pace: chain.pace,
    gas: { kind: "fixed", limit: GAS },
  });
