/** One block on the state before it: hooks, transactions, hooks (SDK `baseapp/abci.go`, `types/module`). */
import { EMPTY } from "@tandem-ics/crypto";
import type {
  Event as AbciEvent,
  ExecTxResult,
  ResponseFinalizeBlock,
  ValidatorUpdate,
} from "cosmjs-types/tendermint/abci/types";
import type { Context } from "../context.ts";
import { assert } from "../errors.ts";
import { createEventManager, toAbciEvents } from "../events.ts";
import type { AppModule, ConsensusParamsKeeper } from "../module.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedTx, TxDecoder } from "../tx/decode.ts";
import { type ModuleOrder, modulesInOrder } from "./module-order.ts";
import { type BlockGas, type TxOutcome, type TxRunner, withMode } from "./run-tx.ts";

/** Everything but the app hash, which exists when the writes have reached the trees. */
export type BlockOutcome = Omit<ResponseFinalizeBlock, "appHash">;

/** Executes blocks of one application. */
export type BlockExecutor = (ctx: Context, txs: readonly Uint8Array[]) => BlockOutcome;

/** What an executor is made of. */
export interface BlockExecutorOptions {
  readonly modules: readonly AppModule[];
  readonly order: ModuleOrder;
  readonly consensusParams: ConsensusParamsKeeper;
  readonly decode: TxDecoder;
  readonly runner: TxRunner;
  /** Called after the begin of a block with 0, and after each transaction with how many were executed. */
  readonly between?: (ctx: Context, executed: number) => void;
}

/** Makes an executor. Errors of hooks are thrown: a block that cannot be executed must stop the chain. */
export function createBlockExecutor(options: BlockExecutorOptions): BlockExecutor {
  const { modules, order, consensusParams, decode, runner, between } = options;
  const preBlockers = modulesInOrder(modules, "preBlock", order);
  const beginBlockers = modulesInOrder(modules, "beginBlock", order);
  const endBlockers = modulesInOrder(modules, "endBlock", order);

  function preBlock(ctx: Context): { ctx: Context; events: AbciEvent[] } {
    const manager = createEventManager();
    let changed = false;
    for (const module of preBlockers)
      changed = module.preBlock(ctx.with({ events: manager }))?.consensusParamsChanged === true || changed;
    return {
      ctx: changed ? ctx.with({ consensusParams: consensusParams.get(ctx) }) : ctx,
      events: toAbciEvents(manager.events),
    };
  }

  function beginBlock(ctx: Context): AbciEvent[] {
    const manager = createEventManager();
    for (const module of beginBlockers) module.beginBlock(ctx.with({ events: manager }));
    return withMode(manager.events, "BeginBlock");
  }

  function endBlock(ctx: Context): { events: AbciEvent[]; updates: readonly ValidatorUpdate[] } {
    const manager = createEventManager();
    let updates: readonly ValidatorUpdate[] = [];
    for (const module of endBlockers) {
      const own = module.endBlock(ctx.with({ events: manager })) ?? [];
      assert(
        own.length === 0 || updates.length === 0,
        `validator EndBlock updates of ${module.name} already set by a previous module`,
      );
      if (own.length > 0) updates = own;
    }
    return { events: withMode(manager.events, "EndBlock"), updates };
  }

  function runTx(ctx: Context, bytes: Uint8Array, blockGas: BlockGas): ExecTxResult {
    let tx: DecodedTx;
    try {
      tx = decode(bytes);
    } catch (error) {
      if (!sdkErrors.txDecode.is(error)) throw error;
      return { ...NO_RESULT, code: sdkErrors.txDecode.code, codespace: "sdk", log: sdkErrors.txDecode.text };
    }
    return toExecTxResult(runner.run(ctx, tx, blockGas));
  }

  return (before, txs) => {
    const pre = preBlock(before);
    const begin = beginBlock(pre.ctx);
    const maxGas = pre.ctx.consensusParams?.block?.maxGas ?? -1n;
    const blockGas: BlockGas = { limit: maxGas > 0n ? maxGas : undefined, consumed: 0n };
    between?.(pre.ctx, 0);
    const txResults = txs.map((bytes, i) => {
      const result = runTx(pre.ctx, bytes, blockGas);
      between?.(pre.ctx, i + 1);
      return result;
    });
    const end = endBlock(pre.ctx);
    const params = consensusParams.get(pre.ctx);
    return {
      events: [...pre.events, ...begin, ...end.events],
      txResults,
      validatorUpdates: [...end.updates],
      ...(params === undefined ? {} : { consensusParamUpdates: params }),
    };
  };
}

const NO_RESULT: ExecTxResult = {
  code: 0,
  data: EMPTY,
  log: "",
  info: "",
  gasWanted: 0n,
  gasUsed: 0n,
  events: [],
  codespace: "",
};

function toExecTxResult({ failure, gasWanted, gasUsed, data, events }: TxOutcome): ExecTxResult {
  return {
    ...NO_RESULT,
    ...(failure === undefined ? {} : failure),
    data,
    gasWanted,
    gasUsed,
    events: [...events],
  };
}
