/** One application under a monitor, driven as an engine does. */
import { nsToTimestamp, stringifyJson } from "@tandem-ics/proto";
import type { Application, JsonObject } from "@tandem-ics/runtime";
import { RequestFinalizeBlock, RequestInitChain } from "cosmjs-types/tendermint/abci/types";
import { createMonitor } from "../../packages/localnet/src/invariants/monitor.ts";
import type { Violation } from "../../packages/localnet/src/invariants/violation.ts";
import { InvariantBroken } from "../../packages/localnet/src/invariants/violation.ts";

/** A chain that makes blocks when told to. */
export interface OneChain {
  /** Makes a block; gives what it showed to be broken. */
  block(): readonly Violation[];
}

/** Starts from a genesis at a time, in nanoseconds since 1970. */
export function startOneChain(
  app: Application,
  role: "provider" | "consumer",
  appState: JsonObject,
  startNs: bigint,
): OneChain {
  const chainId = `${role}-1`;
  const watched = createMonitor().watch({ name: role, role, chainId, consumerId: undefined }, app);
  watched.initChain(
    RequestInitChain.fromPartial({
      chainId,
      time: nsToTimestamp(startNs),
      initialHeight: 1n,
      appStateBytes: Buffer.from(stringifyJson(appState)),
    }),
  );
  let height = 0n;
  return {
    block() {
      height += 1n;
      try {
        watched.finalizeBlock(
          RequestFinalizeBlock.fromPartial({
            height,
            time: nsToTimestamp(startNs + height * 1_000_000_000n),
            decidedLastCommit: { round: 0, votes: [] },
            hash: new Uint8Array(32).fill(1),
            nextValidatorsHash: new Uint8Array(32).fill(2),
            proposerAddress: new Uint8Array(20).fill(3),
          }),
        );
        watched.commit();
        return [];
      } catch (error) {
        if (error instanceof InvariantBroken) return error.violations;
        throw error;
      }
    },
  };
}
