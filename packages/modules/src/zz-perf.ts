import { createStakeChain } from "./testing.ts";
{
  for (const n of [180, 500]) {
    const chain = createStakeChain({ tokens: Array.from({length: n}, (_, i) => BigInt(1000 + i) * 1_000_000n), params: { maxValidators: n } });
    let ctx = chain.ctx;
    const mods: any = Object.fromEntries(chain.modules.map(m => [m.name, m]));
    const times: Record<string, number> = {};
    const N = 60;
    for (let i = 0; i < N; i++) {
      const votes = chain.votes(ctx, i % 3 === 0 ? [chain.consAddr(1)] : []);
      const next = (ctx as any).with({ block: { ...ctx.block, height: ctx.height + 1n, timeNs: ctx.timeNs + 5_000_000_000n, lastCommit: votes } });
      const timed = (name: string, f: () => void) => { const t = performance.now(); f(); const d = performance.now() - t; if (i >= 20) times[name] = (times[name] ?? 0) + d; };
      for (const m of ["mint", "distribution", "slashing", "evidence", "staking"]) timed(m + ".begin", () => mods[m].beginBlock?.(next));
      timed("staking.end", () => mods.staking.endBlock(next));
      ctx = next;
    }
    console.log(n, Object.fromEntries(Object.entries(times).map(([k, v]) => [k, (v / 40).toFixed(2) + "ms"])));
  }
}
