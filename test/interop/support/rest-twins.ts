/** A Go provider and ours, from one genesis, each behind its REST door. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createProviderApp } from "@tandem-ics/ccv";
import { parseGenesis } from "@tandem-ics/comet";
import { createNode } from "@tandem-ics/node";
import { createMemoryBackend } from "@tandem-ics/store";
import { createGoProvider } from "../harness/go-chain.ts";
import { peerPath } from "../harness/peers.ts";
import { freePort } from "../harness/ports.ts";
import type { Scratch } from "../harness/scratch.ts";

/** Of both. */
export const CHAIN_ID = "rest-twins-1";
/** Name of the validator and of its account. */
export const VALIDATOR = "alice";
const BLOCKS = 5n;
const POLL_MS = 100;
const PATIENCE_MS = 90_000;
const SECOND_NS = 1_000_000_000n;

/** Both doors, and what can be asked for. */
export interface RestTwins {
  readonly goUrl: string;
  readonly url: string;
  /** Makes a block on ours, as the Go provider does by itself. */
  produce(): void;
  /** Of the validator: operator's account, `valoper`, `valcons`. */
  readonly account: string;
  readonly operator: string;
  readonly consensus: string;
  close(): Promise<void>;
}

/** Waits until the door tells of a height. */
async function awaitDoor(url: string, running: () => boolean, log: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      const answer = await fetch(`${url}/cosmos/base/node/v1beta1/status`);
      const { height } = (await answer.json()) as { height?: string };
      if (answer.ok && BigInt(height ?? 0) >= BLOCKS) return;
    } catch {
      // not listening yet; a node that ended instead is told of below
    }
    if (!running()) throw new Error(`the Go node ended: ${log().slice(-3000)}`);
    if (performance.now() > deadline) throw new Error(`the Go node makes no blocks: ${log().slice(-3000)}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Starts both. */
export async function startRestTwins(scratch: Scratch): Promise<RestTwins> {
  const chain = await createGoProvider(scratch, {
    chainId: CHAIN_ID,
    validators: [{ name: VALIDATOR, stake: 3_000_000n }],
  });
  const [first] = chain.nodes;
  const { home, key } = first!;
  const goUrl = `http://127.0.0.1:${await freePort()}`;
  const go = scratch.start("go-rest", peerPath("interchain-security-pd"), [
    ...["start", "--home", home, "--minimum-gas-prices", "0stake", "--grpc-web.enable=false"],
    ...["--rpc.laddr", `tcp://127.0.0.1:${await freePort()}`],
    ...["--p2p.laddr", `tcp://127.0.0.1:${await freePort()}`],
    ...["--grpc.address", `127.0.0.1:${await freePort()}`],
    ...["--api.enable", "--api.address", goUrl.replace("http", "tcp")],
  ]);
  await awaitDoor(goUrl, () => go.running, go.log);

  const genesis = parseGenesis(readFileSync(join(home, "config/genesis.json"), "utf8"));
  const node = createNode({
    app: createProviderApp({ backend: createMemoryBackend() }),
    genesis,
    keys: [key.seed],
  });
  node.start();
  for (let i = 1n; i <= BLOCKS; i++)
    node.produceBlock({ timeNs: genesis.genesisTime.seconds * SECOND_NS + i * SECOND_NS });
  const rest = await node.listenRest();
  let made = BLOCKS;

  const json = async (path: string): Promise<unknown> => (await fetch(`${goUrl}${path}`)).json();
  const { validators } = (await json("/cosmos/staking/v1beta1/validators")) as {
    validators: { operator_address: string }[];
  };
  const operator = validators[0]!.operator_address;
  const info = (await json("/cosmos/slashing/v1beta1/signing_infos")) as { info: { address: string }[] };
  const { operator_address: account } = (await json(
    `/cosmos/distribution/v1beta1/validators/${operator}`,
  )) as {
    operator_address: string;
  };
  return {
    goUrl,
    url: rest.url,
    produce() {
      made++;
      node.produceBlock({ timeNs: (genesis.genesisTime.seconds + made) * SECOND_NS });
    },
    account,
    operator,
    consensus: info.info[0]!.address,
    async close() {
      await node.stop();
      await go.stop();
    },
  };
}
