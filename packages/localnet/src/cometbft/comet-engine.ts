/** The engine of a chain behind CometBFT: node i votes with the key of validator i. */
import type { RpcClient } from "@cosmjs/tendermint-rpc";
import type { ChainClient } from "@tandem-ics/client";
import type { Validator } from "@tandem-ics/comet";
import { equalBytes, toHexUpper } from "@tandem-ics/crypto";
import type { ChainEngine, KeysOf, NodeReport } from "../engine.ts";
import { LocalnetError } from "../errors.ts";
import { type ConsensusKey, consensusKeyOfSeed } from "../keys.ts";
import type { BlockWatch } from "./block-watch.ts";
import type { CometNode } from "./comet-node.ts";
import { makeDoubleSign, reportEvidence } from "./double-sign.ts";

/** Parts of {@link createCometEngine}. */
export interface CometEngineOptions {
  readonly chainName: string;
  readonly nodes: readonly CometNode[];
  /** Names of the validators, in the order of their nodes. */
  readonly validators: readonly string[];
  readonly keysOf: KeysOf;
  readonly rpc: RpcClient;
  /** Set once the chain is connected. */
  readonly client: () => ChainClient;
  readonly watch: () => BlockWatch;
  readonly blockTimeMs: number;
  /** The chain punishes double signs itself. */
  readonly reportEvidence: boolean;
}

/** The engine, and what it wants to hear. */
export interface CometEngine extends ChainEngine {
  /** Told of each new height: learns the validator set and exchanges keys that came into force. */
  seen(height: bigint): Promise<void>;
}

/** Without a block for so long, a chain counts as standing still, whatever its nodes say. */
const IDLE_MS = 10_000;
const IDLE_BLOCKS = 10;

/** The engine of nodes that have been started. */
export function createCometEngine(options: CometEngineOptions): CometEngine {
  const { nodes, validators, keysOf, chainName } = options;
  let set: readonly Validator[] = [];

  const nodeOf = (validator: string): CometNode => {
    const node = nodes[validators.indexOf(validator)];
    if (node === undefined)
      throw new LocalnetError("unknown-name", `${validator} has no node on ${chainName}`);
    return node;
  };

  function signingKey(validator: string): ConsensusKey | undefined {
    const inSet = new Set(set.map((v) => toHexUpper(v.address)));
    return keysOf(validator)
      .map(consensusKeyOfSeed)
      .find((key) => inSet.has(toHexUpper(key.address)));
  }

  /** The new key's node is away for a moment; the chain goes on without it, as with any operator's restart. */
  function exchangeKeys(): void {
    for (const validator of validators) {
      const node = nodeOf(validator);
      const key = keysOf(validator).length > 1 ? signingKey(validator) : undefined;
      if (key === undefined || equalBytes(key.seed, node.validatorKey)) continue;
      node.useKey(key.seed).catch((error: unknown) => {
        // Its status tells the same: the node is down.
        process.stderr.write(`${validator} does not come back on ${chainName}: ${String(error)}\n`);
      });
    }
  }

  function missingPower(): string | undefined {
    const total = set.reduce((sum, v) => sum + v.votingPower, 0n);
    const up = new Set(
      nodes.filter((node) => node.up).map((n) => toHexUpper(consensusKeyOfSeed(n.validatorKey).address)),
    );
    const power = set.reduce((sum, v) => (up.has(toHexUpper(v.address)) ? sum + v.votingPower : sum), 0n);
    const needed = (total * 2n) / 3n;
    return total > 0n && power <= needed ? `${power} of the ${needed} voting power needed is up` : undefined;
  }

  function standstill(): string | undefined {
    const failures = nodes.flatMap(({ name, failure }) =>
      failure === undefined ? [] : [`${name}: ${failure}`],
    );
    const { idleMs } = options.watch();
    const idle = idleMs > Math.max(IDLE_MS, IDLE_BLOCKS * options.blockTimeMs);
    const reason = missingPower() ?? (idle ? `no block for ${Math.round(idleMs / 1000)} s` : undefined);
    return reason === undefined ? undefined : [reason, ...failures].join("; ");
  }

  return {
    kind: "cometbft",
    get height() {
      return options.watch().height;
    },
    async seen(height) {
      set = await options.client().validators(height + 1n);
      exchangeKeys();
    },
    // Blocks come by themselves from the start.
    resume: () => undefined,
    onBlock: (callback) => options.watch().onBlock(callback),
    standstill,
    // The key comes into the validator's node when the chain wants it, not before.
    addKey: () => undefined,
    signingKey,
    setDown(validator, down) {
      const node = nodeOf(validator);
      return down ? node.stop() : node.start();
    },
    isDown(validator) {
      const node = nodeOf(validator);
      return node.takenDown || node.failure !== undefined;
    },
    async heal() {
      await Promise.all(nodes.map((node) => node.start()));
    },
    async doubleSign(validator) {
      const key = signingKey(validator);
      if (key === undefined)
        throw new LocalnetError("bad-request", `${validator} is not in the validator set of ${chainName}`);
      const made = await makeDoubleSign(options.client(), validator, key);
      if (options.reportEvidence) await reportEvidence(options.rpc, made.evidence);
      return made;
    },
    nodes: (): NodeReport[] =>
      nodes.map(({ name, rpcUrl, doors, home, up, pid }, i) => ({
        name,
        ...(validators[i] === undefined ? {} : { validator: validators[i] }),
        rpc: rpcUrl,
        ...doors,
        home,
        up,
        ...(pid === undefined ? {} : { pid }),
      })),
  };
}
