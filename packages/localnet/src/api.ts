/** What a running network offers: to tests and programs, and through the control API to the CLI. */
import type { TxSender } from "@tandem-ics/client";
import type { PendingWork, RelayedCounts, RelayOptions } from "@tandem-ics/relayer";
import type * as actions from "./actions.ts";
import type { Chain } from "./chain.ts";
import type { ChangedOver, ChangeoverInput } from "./changeover.ts";
import type { CreatedConsumer } from "./create-consumer.ts";
import type * as evidence from "./evidence.ts";
import type * as faults from "./faults.ts";
import type { InvariantBroken, Violation } from "./invariants/violation.ts";
import type * as attacks from "./light-client-attack.ts";
import type { Told } from "./progress-log.ts";
import type { NetworkReport, RelayerReport } from "./status.ts";
import type { ConsumerInput, Topology, TopologyInput } from "./topology.ts";

/** How a network is started. Everything that a topology file can say, and how to run it. */
export interface LocalnetOptions extends TopologyInput {
  /** A topology that was read already; then the topology fields here are ignored. */
  readonly topology?: Topology;
  /**
   * `manual` (default): time moves only by `clock.advance` and with blocks, which are made when somebody waits for
   * one; the same seed gives the same app hashes. `system`: blocks come by the clock. Behind CometBFT there is only
   * `system`, which then is the default.
   */
  readonly clock?: "manual" | "system";
  /** The `cometbft` program, for topologies with that engine: goes before the topology's own, TANDEM_COMETBFT and PATH. */
  readonly cometbft?: string;
  /** Directory for state; memory without one. A network that lies there is resumed. */
  readonly home?: string;
  /** Opens JSON-RPC doors on loopback and the control API. Default: no ports at all. */
  readonly listen?: boolean;
  /** Called when the control API was asked to stop the network. */
  readonly onStopRequested?: () => void;
  /** Told once when an invariant is found broken (`checkInvariants`): no chain makes another block. */
  readonly onInvariantBroken?: (error: InvariantBroken) => void;
  /** Told of errors of the control API that nobody foresaw. */
  readonly onUnexpected?: (method: string, error: unknown) => void;
  /** Told what is going on while the network starts. */
  readonly onProgress?: (message: string) => void;
}

/** A packet, acknowledgement or timeout on its way, and the consumer, or else the path, that it is on. */
export type RelayedItem = PendingWork & { readonly consumer: string };

/** A funded account as `tandem up` prints it. */
export interface AccountReport {
  readonly name: string;
  readonly address: string;
  /** Absent where the key is not here, and of multisigs. */
  readonly mnemonic?: string;
  /** Where the key is derived; m/44'/118'/0'/0/0 when absent. */
  readonly hdPath?: string;
  /** The chain without CCV on which it is; absent on provider and consumers, which share their accounts. */
  readonly chain?: string;
}

/** A running network. */
export interface Localnet {
  readonly topology: Topology;
  /** Seconds from nothing to every channel open and the first change in force. */
  readonly seconds: number;
  readonly controlUrl: string | undefined;
  readonly home: string | undefined;
  /** Throws `bad-request` in a network without one. */
  readonly provider: Chain;
  readonly consumers: readonly Chain[];
  /** All chains: provider, chains without CCV, consumers. */
  readonly chains: readonly Chain[];
  readonly accounts: readonly AccountReport[];
  /** With `checkInvariants`: what is broken, the blocks looked at, and the time that it took. */
  readonly invariants:
    | { readonly broken: readonly Violation[]; readonly blocks: number; readonly ms: number }
    | undefined;
  chain(name: string): Chain;
  /** Sends transactions of one of the accounts on a chain. */
  sender(chain: string, account: string): TxSender;
  status(): Promise<NetworkReport>;
  /** What was told since message number `after` of what takes long; without it only the number of the last message. */
  progress(after?: number): Told;
  readonly stake: {
    delegate(validator: string, amount: string, options?: actions.StakeOptions): Promise<actions.StakeResult>;
    undelegate(
      validator: string,
      amount: string,
      options?: actions.StakeOptions,
    ): Promise<actions.StakeResult>;
    redelegate(
      source: string,
      target: string,
      amount: string,
      options?: actions.StakeOptions,
    ): Promise<actions.StakeResult>;
  };
  readonly validator: {
    list(): Promise<NetworkReport["chains"]>;
    optIn(
      validator: string,
      consumer: string,
      options?: actions.ValidatorOptions & { key?: "new" },
    ): ReturnType<typeof actions.optIn>;
    optOut(
      validator: string,
      consumer: string,
      options?: actions.ValidatorOptions,
    ): ReturnType<typeof actions.optOut>;
    assignKey(
      validator: string,
      consumer: string,
      options?: actions.ValidatorOptions,
    ): ReturnType<typeof actions.assignKey>;
    unjail(validator: string, options?: actions.UnjailOptions): ReturnType<typeof actions.unjail>;
  };
  readonly consumer: {
    create(spec: ConsumerInput): Promise<CreatedConsumer>;
    /** Turns a chain of the topology's `chains` into a consumer, and waits until the provider's set makes its blocks. */
    changeOver(input: ChangeoverInput): Promise<ChangedOver>;
    remove(name: string): Promise<{ hash: string; height: string }>;
  };
  readonly relay: {
    /** One pass over the path of one consumer, one path by name, or all. `items` are what it carried, or would with `dryRun`. */
    once(consumer?: string, options?: RelayOptions): Promise<RelayedCounts & { items: RelayedItem[] }>;
    start(): void;
    stop(): Promise<void>;
    status(): RelayerReport;
  };
  readonly fault: {
    /** Chains on which the validator is down now. */
    down(validator: string, options?: { chain?: string; forBlocks?: bigint }): Promise<string[]>;
    doubleSign(validator: string, chain: string): ReturnType<typeof faults.faultDoubleSign>;
    /** Validators of a consumer sign a second header of its latest height. */
    lightClientAttack(
      validators: readonly string[],
      chain: string,
      options?: attacks.AttackOptions,
    ): ReturnType<typeof attacks.faultLightClientAttack>;
    heal(): Promise<void>;
    list(): ReturnType<typeof faults.faultList>;
  };
  readonly evidence: {
    check(consumer: string, file: string, headerFile?: string): ReturnType<typeof evidence.checkEvidence>;
    submitDoubleSign(
      consumer: string,
      file: string,
      options?: Parameters<typeof evidence.submitDoubleSign>[3],
    ): ReturnType<typeof evidence.submitDoubleSign>;
    checkLightClientAttack(consumer: string, file: string): ReturnType<typeof attacks.checkLightClientAttack>;
    submitLightClientAttack(
      consumer: string,
      file: string,
      options?: attacks.SubmitAttackOptions,
    ): ReturnType<typeof attacks.submitLightClientAttack>;
  };
  readonly clock: {
    /** Manual clock only. Marches in steps that no light client outlives, refreshing every client on the way. */
    advance(ns: bigint): Promise<void>;
  };
  /** Makes `count` blocks on every chain (manual clock), or waits for them. */
  blocks(count: number): Promise<void>;
  /** Waits until the provider's epoch is over. Returns its last height. */
  epochEnd(): Promise<bigint>;
  stop(): Promise<void>;
}
