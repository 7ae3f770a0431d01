/** A Go provider of one validator with all of its doors open. */

import { until } from "../harness/comet-network.ts";
import { createGoProvider } from "../harness/go-chain.ts";
import type { GoNode } from "../harness/go-node.ts";
import { peerPath } from "../harness/peers.ts";
import { freePort } from "../harness/ports.ts";
import type { Scratch } from "../harness/scratch.ts";

/** The doors. */
export interface GoDoors {
  readonly node: GoNode;
  readonly restUrl: string;
  readonly grpcPort: number;
}

/** Starts it and waits until REST tells of a height. */
export async function startGoDoors(
  scratch: Scratch,
  options: { readonly chainId: string; readonly validator: string; readonly height: bigint },
): Promise<GoDoors> {
  const { chainId, validator, height } = options;
  const chain = await createGoProvider(scratch, {
    chainId,
    validators: [{ name: validator, stake: 3_000_000n }],
  });
  const node = chain.nodes[0]!;
  const restUrl = `http://127.0.0.1:${await freePort()}`;
  const grpcPort = await freePort();
  const go = scratch.start("go-doors", peerPath("interchain-security-pd"), [
    ...["start", "--home", node.home, "--minimum-gas-prices", "0stake", "--grpc-web.enable=false"],
    ...["--rpc.laddr", `tcp://127.0.0.1:${await freePort()}`],
    ...["--p2p.laddr", `tcp://127.0.0.1:${await freePort()}`],
    ...["--grpc.address", `127.0.0.1:${grpcPort}`],
    ...["--api.enable", "--api.address", restUrl.replace("http", "tcp")],
  ]);
  await until(`the Go provider's REST tells of height ${height}`, async () => {
    if (!go.running) throw new Error(`it ended: ${go.log().slice(-3000)}`);
    const answer = await fetch(`${restUrl}/cosmos/base/node/v1beta1/status`).catch(() => undefined);
    if (answer?.ok !== true) return false; // not listening yet
    const status = (await answer.json()) as { height: string };
    return BigInt(status.height) >= height;
  });
  return { node, restUrl, grpcPort };
}
