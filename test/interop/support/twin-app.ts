/** The application of the twins: CometBFT's key-value store, whose transactions say which events they leave. */
import { EMPTY } from "@tandem-ics/crypto";
import { createKvStoreApp } from "@tandem-ics/node";
import type { Application } from "@tandem-ics/runtime";
import type { Event, ExecTxResult } from "cosmjs-types/tendermint/abci/types";

/** An event as transactions write it: type, then key, value and `false` for what is not to be indexed. */
export type WrittenEvent = readonly [
  type: string,
  ...attributes: readonly (readonly [string, string, false?])[],
];

/** What a transaction does: it leaves events, of its own and of its block, and it may fail. */
export interface TwinTx {
  readonly events?: readonly WrittenEvent[];
  readonly block?: readonly WrittenEvent[];
  readonly code?: number;
}

/** A transaction of this application. `name` makes it unique. */
export const twinTx = (name: string, content: TwinTx): string => `${name}=${JSON.stringify(content)}`;

const toEvent = ([type, ...attributes]: WrittenEvent): Event => ({
  type,
  attributes: attributes.map(([key, value, index = true]) => ({ key, value, index })),
});

const contentOf = (tx: Uint8Array): TwinTx => {
  const text = new TextDecoder().decode(tx);
  const value = text.slice(text.indexOf("=") + 1);
  return value.startsWith("{") ? (JSON.parse(value) as TwinTx) : {};
};

function resultOf(tx: Uint8Array, result: ExecTxResult): ExecTxResult {
  const { events, code } = contentOf(tx);
  const told = events === undefined ? result : { ...result, events: events.map(toEvent) };
  if (code === undefined) return told;
  return {
    ...told,
    code,
    codespace: "twin",
    log: "told to fail",
    info: "some info",
    data: EMPTY,
    gasUsed: 7n,
  };
}

/** The application; deterministic, so that two engines that give it the same blocks see the same. */
export function createTwinApp(): Application {
  const app = createKvStoreApp();
  return {
    ...app,
    finalizeBlock(request) {
      const response = app.finalizeBlock(request);
      return {
        ...response,
        events: [
          ...response.events,
          toEvent(["round", ["number", String(request.height)], ["half", `${Number(request.height) / 2}`]]),
          ...request.txs.flatMap((tx) => contentOf(tx).block ?? []).map(toEvent),
        ],
        txResults: response.txResults.map((result, i) => resultOf(request.txs[i]!, result)),
      };
    },
  };
}
