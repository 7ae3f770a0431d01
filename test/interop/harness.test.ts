import { existsSync } from "node:fs";
import { createGoProvider } from "./harness/go-chain.ts";
import { describeInterop } from "./harness/peers.ts";
import { createPhases } from "./harness/phases.ts";
import { createScratch } from "./harness/scratch.ts";

describeInterop("a Go chain in the harness", () => {
  const phase = createPhases("harness");
  const scratch = createScratch();
  afterAll(() => scratch.end());

  test("makes blocks, goes on after a kill, exports, and leaves nothing", async () => {
    const chain = await phase("make", () =>
      createGoProvider(scratch, {
        chainId: "provider",
        validators: [
          { name: "alice", stake: 100_000_000n },
          { name: "bob", stake: 10_000_000n },
        ],
        accounts: ["owner"],
      }),
    );
    await phase("start", () => chain.start());
    const client = await chain.client();
    expect(client.chainId).toBe("provider");
    const before = (await client.validators(1n)).map((v) => v.votingPower);
    expect([...before].sort()).toEqual([10n, 100n]);
    const owner = await chain.sender("owner");
    const sent = await chain.tx("alice", "bank", "send", "alice", owner.address, "5stake");
    expect(sent.code).toBe(0);
    const node = chain.nodes[0]!;
    await node.kill();
    expect(node.process?.running).toBe(false);
    chain.startNode(node);
    const { height } = await phase("restart", async () => {
      await node.waitForHeight(1n);
      return client.status();
    });
    await phase("go on", () => node.waitForHeight(height + 2n));
    await phase("stop", () => chain.stop());
    const exported = JSON.parse(await phase("export", () => chain.export())) as { chain_id: string };
    expect(exported.chain_id).toBe("provider");
    const pids = chain.nodes.map((n) => n.process!.pid);
    await scratch.end();
    expect(existsSync(scratch.directory)).toBe(false);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
