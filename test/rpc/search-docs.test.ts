/** The search examples of docs/rpc.md find what the page says that they find. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256, utf8 } from "@tandem-ics/crypto";
import { createKvStoreApp, createNode, kvStoreGenesis, type Node } from "@tandem-ics/node";

type Written = Readonly<Record<string, string>>;

/** Transfers of each transaction, one transaction a block from height 1 on. */
const TRANSFERS: readonly (readonly Written[])[] = [
  [{ sender: "alice", recipient: "bob", amount: "5", rate: "1.50" }],
  [
    { sender: "alice", recipient: "dave", amount: "3", rate: "2" },
    { sender: "carol", recipient: "erin", amount: "9", rate: "2" },
  ],
  [{ sender: "alice", recipient: "dora", amount: "8", rate: "0.5" }],
  [{ sender: "alice", recipient: "bob", amount: "8stake" }],
];

/** Heights that each example finds. */
const FOUND: Readonly<Record<string, readonly number[]>> = {
  "tx.height=3": [3],
  "tx.height>=2 AND tx.height<4": [2, 3],
  "transfer.sender='alice'": [1, 2, 3, 4],
  // At height 2 alice's transfer and the one above 5 are two events.
  "transfer.sender='alice' AND transfer.amount>5": [3],
  "transfer.rate=0.5": [3],
  "transfer.rate<1.75": [1, 3],
  "transfer.recipient EXISTS": [1, 2, 3, 4],
  "transfer.recipient CONTAINS 'o'": [1, 3, 4],
  "transfer.sender='alice' AND tx.height>1": [2, 3, 4],
};

let node: Node;

beforeAll(() => {
  const seeds = [sha256(utf8("docs"))];
  const app = createKvStoreApp();
  node = createNode({
    app: {
      ...app,
      finalizeBlock(request) {
        const response = app.finalizeBlock(request);
        const events = (TRANSFERS[Number(request.height) - 1] ?? []).map((transfer) => ({
          type: "transfer",
          attributes: Object.entries(transfer).map(([key, value]) => ({ key, value, index: true })),
        }));
        return { ...response, txResults: response.txResults.map((result) => ({ ...result, events })) };
      },
    },
    genesis: kvStoreGenesis(seeds),
    keys: seeds,
  });
  node.start();
  for (const i of TRANSFERS.keys()) {
    node.mempool.checkTx(utf8(`tx${i}=1`));
    node.produceBlock();
  }
});
afterAll(() => node.stop());

const page = readFileSync(join(__dirname, "../../docs/rpc.md"), "utf8");
const examples = /```query\n([\s\S]*?)```/.exec(page)![1]!.trim().split("\n");

test("the page has the examples that are checked here", () => {
  expect(examples).toEqual(Object.keys(FOUND));
});

test.each(examples)("%s", async (query) => {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tx_search", params: { query } });
  const answer = JSON.parse((await node.rpc.post(body)).body) as { result: { txs: { height: string }[] } };
  expect(answer.result.txs.map(({ height }) => Number(height))).toEqual(FOUND[query]);
});
