import { createTestProvider } from "./testing/test-provider.ts";
const tokens = Array.from({ length: 180 }, (_, i) => 1_000_000_000n + BigInt((i * 7919) % 180) * 1_000_000n);
const chain = createTestProvider({ tokens, params: { blocksPerEpoch: 2n } });
const all = tokens.map((_, i) => i + 1);
let t = performance.now();
const ids: string[] = [];
for (let i = 0; i < 20; i++) {
  const id = chain.create({ initializationParameters: chain.initialization(), powerShapingParameters: i % 2 === 0 ? { topN: 0, validatorsPowerCap: 0, validatorSetCap: 0, allowlist: [], denylist: [], minStake: 0n, allowInactiveVals: false, prioritylist: [] } : undefined as never });
  for (const n of all) chain.optIn(id, n);
  ids.push(id);
}
console.log("setup", performance.now() - t);
t = performance.now(); chain.nextBlock(); console.log("launch", performance.now() - t);
for (const id of ids) chain.openChannel(id);
const epoch = (label: string, change: (round: number) => void, rounds = 15) => {
  const times: number[] = [];
  for (let r = 0; r < rounds; r++) {
    change(r);
    while (chain.ctx.height % 2n !== 0n) chain.nextBlock();
    const t = performance.now();
    chain.module.endBlock!(chain.ctx);
    times.push(performance.now() - t);
    chain.nextBlock();
  }
  times.sort((a, b) => a - b);
  console.log(label, "median", times[times.length >> 1]!.toFixed(1), "max", times.at(-1)!.toFixed(1));
};
epoch("idle", () => {});
epoch("5 change", (r) => { for (let n = 1; n <= 5; n++) chain.fake.setTokens(n * 30, tokens[n * 30 - 1]! + BigInt(r + 1) * 1_000_000n); });
epoch("all change", (r) => { for (const n of all) chain.fake.setTokens(n, tokens[n - 1]! + BigInt(r + 1) * 1_000_000n); });
