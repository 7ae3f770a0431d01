/** Evaluates every invariant after each block of each chain of a network. */
import type { Application } from "@tandem-ics/runtime";
import type {
  RequestFinalizeBlock,
  ResponseFinalizeBlock,
  ValidatorUpdate,
} from "cosmjs-types/tendermint/abci/types";
import { createChannelWatcher } from "./channels.ts";
import { INVARIANTS } from "./meanings.ts";
import {
  askApp,
  type ChainIdentity,
  type Method,
  type ObservedChain,
  type ObservedNetwork,
  type Report,
  timeOf,
} from "./observed.ts";
import { createPunishmentWatcher } from "./punishments.ts";
import { createReportWatcher } from "./reports.ts";
import { createEscrowWatcher, createSupplyWatcher } from "./supply.ts";
import { checkUpdates } from "./updates.ts";
import { type Powers, powersOf } from "./validator-sets.ts";
import { InvariantBroken, type Violation } from "./violation.ts";
import { createVscWatcher } from "./vsc.ts";

/** Watches the chains of one network. */
export interface Monitor {
  /** Set for good once an invariant was found broken: no chain makes another block. */
  readonly broken: InvariantBroken | undefined;
  /** Blocks looked at so far, and the time that took in milliseconds. */
  readonly cost: { readonly blocks: number; readonly ms: number };
  /** The application, whose blocks are looked at from now on. Nodes of one chain may each have one. */
  watch(identity: ChainIdentity, app: Application): Application;
  /** A chain that is watched is a consumer from its next block on. */
  becomesConsumer(chain: string, consumerId: string): void;
  /** Calls back once something is found broken. Gives a function that ends it. */
  onBroken(callback: (error: InvariantBroken) => void): () => void;
}

/** A chain with all of its applications. */
interface Watched {
  readonly chain: ObservedChain;
  identity: ChainIdentity;
  /** The application that committed last. */
  app: Application;
  complete: boolean;
  firstValidators: readonly ValidatorUpdate[];
  powers: Powers | undefined;
  /** Height of the last block that was executed, and of the last that was committed. */
  executed: bigint;
  height: bigint;
}

/** A block between its execution and its commit. */
interface Executed {
  readonly request: RequestFinalizeBlock;
  readonly response: ResponseFinalizeBlock;
}

/** Makes a monitor without chains. */
export function createMonitor(): Monitor {
  const chains = new Map<string, Watched>();
  const listeners = new Set<(error: InvariantBroken) => void>();
  const cost = { blocks: 0, ms: 0 };
  let broken: InvariantBroken | undefined;
  const network: ObservedNetwork = {
    get provider() {
      return this.chains.find(({ role }) => role === "provider");
    },
    get chains() {
      return [...chains.values()].map(({ chain }) => chain);
    },
  };
  const watchers = [
    createVscWatcher(network),
    createChannelWatcher(network),
    createReportWatcher(),
    createPunishmentWatcher(),
    createSupplyWatcher(),
    createEscrowWatcher(network),
  ];

  function watchedOf(identity: ChainIdentity, app: Application): Watched {
    let watched = chains.get(identity.name);
    if (watched === undefined) {
      const fresh: Watched = {
        identity,
        chain: {
          name: identity.name,
          chainId: identity.chainId,
          get role() {
            return fresh.identity.role;
          },
          get consumerId() {
            return fresh.identity.consumerId;
          },
          get complete() {
            return fresh.complete;
          },
          get firstValidators() {
            return fresh.firstValidators;
          },
          ask: <Q, A>(method: Method<Q, A>, question?: object, height?: bigint) =>
            askApp(fresh.app, method, question, height),
        },
        app,
        complete: false,
        firstValidators: [],
        powers: undefined,
        executed: 0n,
        height: 0n,
      };
      watched = fresh;
      chains.set(identity.name, watched);
    }
    return watched;
  }

  function fail(violations: readonly Violation[], cause?: unknown): void {
    const [first, ...others] = violations;
    if (first === undefined) return;
    broken ??= new InvariantBroken([first, ...others], cause === undefined ? {} : { cause });
    for (const listener of [...listeners]) listener(broken);
    throw broken;
  }

  /** Runs checks of one block; throws when something is broken. */
  function collect(chain: string, height: bigint, check: (report: Report) => void): void {
    const began = performance.now();
    const violations: Violation[] = [];
    check((invariant, expected, found) => {
      violations.push({ invariant, chain, height, expected, found });
    });
    cost.ms += performance.now() - began;
    fail(violations);
  }

  function executed(watched: Watched, { request, response }: Executed): void {
    if (request.height <= watched.executed) return;
    watched.executed = request.height;
    collect(watched.chain.name, request.height, (report) => {
      checkUpdates(response.validatorUpdates, watched.powers, report);
    });
  }

  function committed(watched: Watched, app: Application, { request, response }: Executed): void {
    const { height } = request;
    // With several nodes the first to commit a block shows it.
    if (height <= watched.height) return;
    watched.height = height;
    watched.app = app;
    cost.blocks++;
    collect(watched.chain.name, height, (report) => {
      for (const broken of app.invariants()) {
        const cut = broken.indexOf(": ");
        const name = broken.slice(0, cut);
        report(name, INVARIANTS[name] ?? "it to hold", broken.slice(cut + 2));
      }
      const { nextValidatorsHash } = request;
      const block = { chain: watched.chain, height, timeNs: timeOf(request), nextValidatorsHash, response };
      for (const watcher of watchers) watcher(block, report);
    });
  }

  /** A chain that cannot go on is broken whatever it tells. */
  function orHalted<T>(watched: Watched, height: bigint, run: () => T): T {
    if (broken !== undefined) throw broken;
    try {
      return run();
    } catch (error) {
      if (error === broken) throw error;
      const found = error instanceof Error ? error.message : String(error);
      fail(
        [
          {
            invariant: "NoHalt",
            chain: watched.chain.name,
            height,
            expected: INVARIANTS["NoHalt"]!,
            found,
          },
        ],
        error,
      );
      throw error;
    }
  }

  return {
    get broken() {
      return broken;
    },
    cost,
    watch(identity, app) {
      const watched = watchedOf(identity, app);
      let block: Executed | undefined;
      return {
        ...app,
        // Other than methods it is not the same for ever: see upgradable-app.ts.
        get services() {
          return app.services;
        },
        initChain(request) {
          const response = app.initChain(request);
          // CometBFT goes by the genesis document where the application names nobody.
          const first = response.validators.length > 0 ? response.validators : request.validators;
          watched.complete = true;
          watched.firstValidators = first;
          watched.powers = powersOf(first);
          return response;
        },
        finalizeBlock: (request) =>
          orHalted(watched, request.height, () => {
            const response = app.finalizeBlock(request);
            block = { request, response };
            executed(watched, block);
            return response;
          }),
        commit() {
          if (broken !== undefined) throw broken;
          // What a disk refuses is no fault of the chain.
          const response = app.commit();
          const executedBlock = block;
          block = undefined;
          if (executedBlock !== undefined)
            orHalted(watched, executedBlock.request.height, () => committed(watched, app, executedBlock));
          return response;
        },
      };
    },
    becomesConsumer(chain, consumerId) {
      const watched = chains.get(chain);
      if (watched !== undefined) watched.identity = { ...watched.identity, role: "consumer", consumerId };
    },
    onBroken(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
}
