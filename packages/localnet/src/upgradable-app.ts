/**
 * An application whose software is exchanged while its node runs on, as a supervisor of Go nodes exchanges the binary:
 * in the block of the upgrade plan that the new software is for. What stands on the chain decides, nothing else, so
 * that a node which was stopped at any moment goes on with the right one.
 */
import type { Application } from "@tandem-ics/runtime";
import type { Backend } from "@tandem-ics/store";
import {
  QueryAppliedPlanRequest,
  QueryAppliedPlanResponse,
  QueryCurrentPlanRequest,
  QueryCurrentPlanResponse,
} from "cosmjs-types/cosmos/upgrade/v1beta1/query";
import { askApp } from "./invariants/observed.ts";

const CURRENT_PLAN = {
  path: "/cosmos.upgrade.v1beta1.Query/CurrentPlan",
  question: QueryCurrentPlanRequest,
  answer: QueryCurrentPlanResponse,
};
const APPLIED_PLAN = {
  path: "/cosmos.upgrade.v1beta1.Query/AppliedPlan",
  question: QueryAppliedPlanRequest,
  answer: QueryAppliedPlanResponse,
};

/** What takes over, and when. */
export interface Upgrade {
  /** Name of the upgrade plan. */
  readonly plan: string;
  /** Opens the new software on the state of the old. */
  readonly open: (backend: Backend) => Application;
  /** Told when it takes over: at the latest before the plan's block is executed. */
  readonly onTaken?: () => void;
}

/** The software of one chain. */
export interface Software {
  /** Whether the new software has taken over, on any application. */
  readonly taken: boolean;
  /** Opens what the state that lies there asks for. */
  open(backend: Backend): Application;
  /** Has new software take over in the block of its plan; every application that is open, and those opened later. */
  prepare(upgrade: Upgrade): void;
}

/** Height of the plan's block if that is the next one to execute, or was executed; 0 while the plan is not due. */
function dueAt(app: Application, plan: string): bigint {
  const { lastBlockHeight } = app.info({ version: "", blockVersion: 0n, p2pVersion: 0n, abciVersion: "" });
  if (lastBlockHeight === 0n) return 0n;
  const applied = askApp(app, APPLIED_PLAN, { name: plan }).height;
  if (applied > 0n) return applied;
  const current = askApp(app, CURRENT_PLAN).plan;
  return current?.name === plan && current.height === lastBlockHeight + 1n ? current.height : 0n;
}

/** Software that begins with `first`. */
export function createSoftware(first: (backend: Backend) => Application): Software {
  let upgrade: Upgrade | undefined;
  let takenOnce = false;

  function openOne(backend: Backend): Application {
    let app = first(backend);
    let taken = false;
    /** Before a block: whoever executes the plan's must be the new software. */
    function exchange(): void {
      if (taken || upgrade === undefined || dueAt(app, upgrade.plan) === 0n) return;
      app = upgrade.open(backend);
      taken = true;
      takenOnce = true;
      upgrade.onTaken?.();
    }
    exchange();
    return {
      info: (request) => app.info(request),
      initChain: (request) => app.initChain(request),
      checkTx: (request) => app.checkTx(request),
      pendingSignatures: (tx) => app.pendingSignatures?.(tx) ?? [],
      prepareProposal(request) {
        exchange();
        return app.prepareProposal(request);
      },
      processProposal(request) {
        exchange();
        return app.processProposal(request);
      },
      finalizeBlock(request) {
        exchange();
        return app.finalizeBlock(request);
      },
      commit: () => app.commit(),
      query: (request) => app.query(request),
      grpcQuery: (request) => app.grpcQuery(request),
      get services() {
        return app.services;
      },
      exportGenesis: (height) => app.exportGenesis(height),
      invariants: () => app.invariants(),
      close: () => app.close(),
    };
  }

  return {
    get taken() {
      return takenOnce;
    },
    open: openOne,
    prepare(next) {
      upgrade = next;
    },
  };
}
