/** Waiting for a node that somebody else's command starts. */
import { HttpClient } from "@cosmjs/tendermint-rpc";
import { latestHeight } from "@tandem-ics/client";
import type { Service } from "../harness/scratch.ts";

const POLL_MS = 100;
const LOG_TAIL = 3000;

/** Waits until the node at `url` has a block at `height`; throws with its log when its process ends before. */
export async function awaitHeight(url: string, service: Service, height: bigint): Promise<bigint> {
  const rpc = new HttpClient(url);
  for (;;) {
    if (!service.running) throw new Error(`${service.name} ended: ${service.log().slice(-LOG_TAIL)}`);
    try {
      const reached = await latestHeight(rpc);
      if (reached >= height) return reached;
    } catch {
      // Not listening yet; a process that ended instead is told of above.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
