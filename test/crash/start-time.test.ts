/**
 * How long a node takes to come back with many blocks behind it: as long as with none. `CRASH_BLOCKS=10000 pnpm test:crash`
 * makes a longer chain.
 */
import { createProviderApp } from "@tandem-ics/ccv";
import { connectChain, createDirectSigner, createTxSender } from "@tandem-ics/client";
import { createNode, inMemoryRpcClient } from "@tandem-ics/node";
import { homeLayout, readGenesisFile, readHomeKey, readNodeKey } from "@tandem-ics/node/home";
import { openLmdbBackend } from "@tandem-ics/store/lmdb";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { ACCOUNTS, createSubject, DENOM, type Subject } from "./subject.ts";

const BLOCKS = Number(process.env["CRASH_BLOCKS"] ?? 1_500);
const TRIES = 3;
const LIMIT_MS = 2_000;

jest.setTimeout(120_000 + BLOCKS * 50);

let subject: Subject;
beforeAll(async () => {
  subject = await createSubject("10ms");
});
afterAll(() => subject.end());

/** Makes blocks in the home, a transaction in every fourth, without waiting for the disk. */
async function makeBlocks(count: number): Promise<void> {
  const layout = homeLayout(subject.home);
  const folders = [layout.appFolder, layout.nodeFolder];
  const [app, record] = folders.map((folder) => openLmdbBackend(folder, { sync: "never" }));
  const key = readHomeKey(layout);
  const node = createNode({
    app: createProviderApp({ backend: app! }),
    genesis: readGenesisFile(layout),
    keys: [key.seed],
    backend: record!,
    nodeKey: readNodeKey(layout).seed,
  });
  node.start();
  node.produceBlock();
  const { chainId, rpc, comet, pace } = await connectChain(inMemoryRpcClient(node));
  const [from, to] = ACCOUNTS;
  const sender = createTxSender({
    ...{ chainId, rpc, comet, pace, address: from!.address },
    signer: createDirectSigner(from!.privateKey, "cosmos"),
    gas: { kind: "fixed", limit: 200_000n },
  });
  const amount = [{ denom: DENOM, amount: "1" }];
  const value = MsgSend.fromPartial({ fromAddress: from!.address, toAddress: to!.address, amount });
  for (let height = 2; height <= count; height++) {
    if (height % 4 === 0) await sender.submit([{ typeUrl: MsgSend.typeUrl, value }]);
    node.produceBlock();
  }
  await node.stop();
  for (const backend of [app, record]) backend!.close();
}

/** Milliseconds until a node is ready that was killed before; the shortest of some tries. */
async function readyMs(): Promise<{ ms: number; height: bigint }> {
  let ms = Number.POSITIVE_INFINITY;
  let reached = 0n;
  for (let i = 0; i <= TRIES; i++) {
    const node = subject.start();
    const { height } = await node.ready;
    if (i > 0) ms = Math.min(ms, node.readyAfterMs()!);
    reached = height;
    node.signal("SIGKILL");
    await node.ended;
  }
  return { ms, height: reached };
}

test(`a node with ${BLOCKS} blocks is ready within 2 s after it was killed`, async () => {
  const few = await readyMs();
  await makeBlocks(BLOCKS);
  const many = await readyMs();
  expect(many.height).toBeGreaterThanOrEqual(BigInt(BLOCKS));
  process.stderr.write(
    `crash: ready after ${few.ms.toFixed(0)} ms at height ${few.height}, after ${many.ms.toFixed(0)} ms at height ${many.height}\n`,
  );
  // On a machine so busy that an empty chain takes as long, blocks are not the reason.
  expect(many.ms).toBeLessThan(Math.max(LIMIT_MS, few.ms * 1.5));
});
