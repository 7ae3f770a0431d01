/** The engine in this process: one node that votes with the keys of all validators. */
import type { ChainClient } from "@tandem-ics/client";
import { toHexUpper } from "@tandem-ics/crypto";
import type { Node } from "@tandem-ics/node";
import type { ChainEngine, KeysOf } from "./engine.ts";
import { LocalnetError } from "./errors.ts";
import { type ConsensusKey, consensusKeyOfSeed } from "./keys.ts";

/** Parts of {@link createLocalEngine}. */
export interface LocalEngineOptions {
  readonly node: Node;
  readonly name: string;
  readonly client: ChainClient;
  readonly keysOf: KeysOf;
  /** Whether double signs go into the node's own evidence pool. */
  readonly reportToPool: () => boolean;
}

/** Why a node makes no blocks; undefined when it does. */
export function standstillOf({ status }: Node): string | undefined {
  if (status.kind === "waiting") return `${status.power} of the ${status.needed} voting power needed is up`;
  return status.kind === "halted" ? status.error.message : undefined;
}

/** The engine of a node that has started. */
export function createLocalEngine(options: LocalEngineOptions): ChainEngine {
  const { node, client, keysOf } = options;

  function signingKey(validator: string): ConsensusKey | undefined {
    const inSet = new Set(node.state.validators.validators.map((v) => toHexUpper(v.address)));
    return keysOf(validator)
      .map(consensusKeyOfSeed)
      .find((key) => inSet.has(toHexUpper(key.address)));
  }

  return {
    kind: "local",
    get height() {
      return node.height;
    },
    resume: () => node.resume(),
    onBlock: (callback) => node.onBlock(() => callback()),
    standstill: () => standstillOf(node),
    addKey(_, seed) {
      node.addKey(seed);
    },
    signingKey,
    async setDown(validator, down) {
      for (const seed of keysOf(validator)) node.setDown(consensusKeyOfSeed(seed).address, down);
    },
    isDown(validator) {
      const key = signingKey(validator);
      return key !== undefined && node.isDown(key.address);
    },
    async heal() {
      for (const address of node.keyAddresses()) if (node.isDown(address)) node.setDown(address, false);
    },
    async doubleSign(validator) {
      const key = signingKey(validator);
      const known = node.equivocations().length;
      if (key !== undefined) node.doubleSign(key.address, { reportToPool: options.reportToPool() });
      const { height } = await client.status();
      await client.pace.after(height);
      const made = node.equivocations()[known];
      if (made === undefined)
        throw new LocalnetError("timed-out", `${validator} has not double-signed on ${options.name}`, {
          hint: "is the validator down?",
        });
      return made;
    },
    nodes: () => [],
  };
}
