import { KV_GAS } from "@tandem-ics/runtime";
import { createTestProvider } from "../testing/test-provider.ts";
import * as state from "./state.ts";
import { createTimeQueue } from "./time-queue.ts";

const queue = createTimeQueue(state.infractionQueue);
const SECOND_NS = 1_000_000_000n;
/** A prefix byte, and the time as 29 bytes of text. */
const KEY_BYTES = 30n;
/** Each id of one digit is three bytes of the row. */
const rowBytes = (ids: bigint): bigint => 3n * ids;

describe("taking an id out of a queue, wherever it waits", () => {
  test("leaves the others where they are, and does nothing for one that does not wait", () => {
    const { ctx } = createTestProvider();
    for (const [id, at] of [
      ["0", 1n],
      ["1", 2n],
      ["2", 2n],
    ] as const)
      queue.append(ctx, id, at * SECOND_NS);
    queue.cancel(ctx, "1");
    queue.cancel(ctx, "1");
    expect([1n, 2n].map((at) => queue.ids(ctx, at * SECOND_NS))).toEqual([["0"], ["2"]]);
    queue.cancel(ctx, "0");
    expect(state.infractionQueue.keys(ctx)).toEqual([2n * SECOND_NS]);
  });

  test.each([
    ["alone", ["0"], KV_GAS.delete, 0n],
    [
      "with another",
      ["0", "1"],
      KV_GAS.writeFlat + KV_GAS.writePerByte * (KEY_BYTES + rowBytes(1n)),
      rowBytes(1n),
    ],
  ])("costs what the same accesses cost in Go: %s", (_, ids, writing, leftBytes) => {
    const { ctx } = createTestProvider();
    for (const id of ids) queue.append(ctx, id, SECOND_NS);
    const read = (value: bigint): bigint => KV_GAS.readFlat + KV_GAS.readPerByte * (KEY_BYTES + value);
    const row = rowBytes(BigInt(ids.length));
    const standing = KV_GAS.iterNextFlat + KV_GAS.readPerByte * (KEY_BYTES + row);
    const before = ctx.gas.consumed;
    queue.cancel(ctx, "0");
    // The iterator at its first row; read to look for it and to take it out; written; read again.
    expect(ctx.gas.consumed - before).toBe(standing + 2n * read(row) + writing + read(leftBytes));
  });
});
