/** Tests that every suite of one history executed twice has: what both say to each transaction and block is the same. */
import type { ChainClient } from "@tandem-ics/client";
import type { Application } from "@tandem-ics/runtime";
import { differing, differingStores } from "./compare-replay.ts";
import type { ReplayedBlock, TxAnswer } from "./replay.ts";

/** What is compared. */
export interface Subjects {
  readonly blocks: readonly ReplayedBlock[];
  readonly client: Pick<ChainClient, "rpc">;
  readonly app: Application;
}

/** How it is compared. */
export interface Comparison {
  /** Stores whose roots are looked at where app hashes differ. */
  readonly stores: readonly string[];
  /** Logs without what only one program can say. */
  readonly plainLog?: (log: string) => string;
  /** Transactions whose gas is each program's own affair. */
  readonly ownGas?: (tx: TxAnswer) => boolean;
}

/** Checking an invariant reads what its module pleases. */
export const checksInvariant = ({ events }: TxAnswer): boolean =>
  events.some((text) => text.startsWith("invariant "));

/** Declares the tests. */
export function testAnswers(
  subjectsOf: () => Subjects,
  { stores, plainLog = (log) => log, ownGas = () => false }: Comparison,
): void {
  const txs = (pick: (tx: TxAnswer) => unknown) =>
    differing(subjectsOf().blocks, (block) => block.txs.map(pick));

  test("codes, codespaces and data of every transaction", () => {
    expect(txs(({ code, codespace, data }) => [code, codespace, data])).toEqual([]);
  });

  test("logs of every transaction", () => {
    expect(txs(({ log }) => plainLog(log))).toEqual([]);
  });

  test("events of every transaction: types, attributes, order", () => {
    expect(txs(({ events }) => events)).toEqual([]);
  });

  test("events of every block", () => {
    expect(differing(subjectsOf().blocks, ({ events }) => events)).toEqual([]);
  });

  test("gas of every transaction", () => {
    expect(txs((tx) => (ownGas(tx) ? "any" : [tx.gasWanted, tx.gasUsed]))).toEqual([]);
  });

  test("the root of every store after every block", async () => {
    const { blocks, client, app } = subjectsOf();
    expect(await differingStores(blocks, client, app, stores)).toEqual([0]);
  });
}
