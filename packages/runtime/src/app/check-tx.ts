/** Admission to the mempool (SDK `baseapp/abci.go`, CheckTx). */
import { EMPTY } from "@tandem-ics/crypto";
import { CheckTxType, type RequestCheckTx, type ResponseCheckTx } from "cosmjs-types/tendermint/abci/types";
import { CodedError } from "../errors.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { TxDecoder } from "../tx/decode.ts";
import type { AppState } from "./app-state.ts";
import { codedFailure } from "./failure.ts";
import type { TxOutcome, TxRunner } from "./run-tx.ts";

/** Runs the ante chain on the mempool's state, which keeps what it wrote if it passes. */
export function checkTx(
  {
    state,
    decode,
    runner,
  }: { readonly state: AppState; readonly decode: TxDecoder; readonly runner: TxRunner },
  { tx, type }: RequestCheckTx,
): ResponseCheckTx {
  try {
    const { check } = state;
    if (check === undefined) throw sdkErrors.invalidHeight("no genesis yet");
    const ctx = type === CheckTxType.RECHECK ? check.with({ mode: "recheck" }) : check;
    return toResponse(runner.run(ctx, decode(tx)));
  } catch (error) {
    if (error instanceof CodedError)
      return toResponse({ failure: codedFailure(error), gasWanted: 0n, gasUsed: 0n });
    throw error;
  }
}

const toResponse = ({
  failure,
  gasWanted,
  gasUsed,
}: Pick<TxOutcome, "failure" | "gasWanted" | "gasUsed">): ResponseCheckTx => ({
  code: failure?.code ?? 0,
  codespace: failure?.codespace ?? "",
  log: failure?.log ?? "",
  data: EMPTY,
  info: "",
  gasWanted,
  gasUsed,
  events: [],
});
