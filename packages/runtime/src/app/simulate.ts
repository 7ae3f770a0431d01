/** Trial runs: what gas a transaction would take (SDK `x/auth/tx/service.go`). */
import type { SimulationResponse } from "cosmjs-types/cosmos/base/abci/v1beta1/abci";
import type { Event } from "cosmjs-types/tendermint/abci/types";
import type { Context } from "../context.ts";
import { CodedError } from "../errors.ts";
import { createEventManager } from "../events.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedTx, TxDecoder } from "../tx/decode.ts";
import type { TxRunner } from "./run-tx.ts";

/** Runs the bytes of a transaction on scratch state. Throws {@link SimulationError} or CodedError. */
export type Simulate = (bytes: Uint8Array) => SimulationResponse;

/** A transaction that would fail, with the gas that it used until then. */
export class SimulationError extends CodedError {
  readonly gasUsed: bigint;

  constructor(codespace: string, code: number, message: string, gasUsed: bigint) {
    super(codespace, code, message);
    this.name = "SimulationError";
    this.gasUsed = gasUsed;
  }
}

/** Only events of blocks are marked for indexing. */
const unmarked = ({ type, attributes }: Event): Event => ({
  type,
  attributes: attributes.map(({ key, value }) => ({ key, value, index: false })),
});

/** Simulates on top of the transactions that wait for a block. */
export function createSimulate(options: {
  readonly decode: TxDecoder;
  readonly runner: TxRunner;
  readonly context: () => Context | undefined;
}): Simulate {
  const { decode, runner, context } = options;
  function decodeOrThrow(ctx: Context, bytes: Uint8Array): DecodedTx {
    try {
      return decode(bytes);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      throw new SimulationError(error.codespace, error.code, error.message, runner.initialGas(ctx));
    }
  }

  return (bytes) => {
    const state = context();
    if (state === undefined) throw sdkErrors.invalidHeight("not ready; please wait for first block");
    const scratch = state.with({ mode: "simulate", events: createEventManager() }).branch();
    const { failure, gasWanted, gasUsed, data, events, responses } = runner.run(
      scratch.ctx,
      decodeOrThrow(scratch.ctx, bytes),
    );
    if (failure !== undefined)
      throw new SimulationError(failure.codespace, failure.code, failure.log, gasUsed);
    return {
      gasInfo: { gasWanted, gasUsed },
      result: { data, log: "", events: events.map(unmarked), msgResponses: [...responses] },
    };
  };
}
