import { InfractionParameters, nsToDuration } from "@tandem-ics/proto";
import { Dec } from "@tandem-ics/runtime";
import { refusalCode } from "../testing/refusal-code.ts";
import { createTestProvider, type TestProvider } from "../testing/test-provider.ts";
import { encodeFraction, infractionQueue } from "./infraction-params.ts";
import * as state from "./state.ts";

const DAY = 86_400n;
const half = (fraction: string, seconds = 60n) => ({
  slashFraction: encodeFraction(Dec.parse(fraction)),
  jailDuration: nsToDuration(seconds * 1_000_000_000n),
  tombstone: false,
});
const downtime = (fraction: string) => ({ doubleSign: undefined, downtime: half(fraction) });
const fractionOf = (chain: TestProvider, id: string): string =>
  Buffer.from(state.infractionParams.get(chain.ctx, id)!.downtime!.slashFraction).toString();

describe("punishments of a consumer", () => {
  test("change at once before launch, and the half that is not given stays", () => {
    const chain = createTestProvider();
    const id = chain.create();
    const before = state.infractionParams.get(chain.ctx, id)!.doubleSign;
    chain.update(id, { infractionParameters: downtime("0.01") });
    expect(fractionOf(chain, id)).toBe("10000000000000000");
    expect(state.infractionParams.get(chain.ctx, id)!.doubleSign).toEqual(before);
  });

  test("[slash-17] change after the unbonding time once launched", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.update(id, { infractionParameters: downtime("0.01") });
    chain.nextBlock(21n * DAY - 1n);
    expect(fractionOf(chain, id)).toBe("0");
    chain.nextBlock(1n);
    expect(fractionOf(chain, id)).toBe("10000000000000000");
    expect(state.queuedInfractionParams.has(chain.ctx, id)).toBe(false);
  });

  test("[slash-17] are not changed when the current values are given again before that", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    const current = state.infractionParams.get(chain.ctx, id)!;
    chain.update(id, { infractionParameters: downtime("0.01") });
    chain.update(id, { infractionParameters: current });
    expect(state.infractionQueue.keys(chain.ctx)).toEqual([]);
    chain.nextBlock(22n * DAY);
    expect(fractionOf(chain, id)).toBe("0");
  });

  test("wait anew when changed again", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.update(id, { infractionParameters: downtime("0.01") });
    chain.nextBlock(DAY);
    chain.update(id, { infractionParameters: downtime("0.02") });
    expect(infractionQueue.ids(chain.ctx, chain.ctx.timeNs + 21n * DAY * 1_000_000_000n)).toEqual([id]);
    expect(state.infractionQueue.keys(chain.ctx)).toHaveLength(1);
  });

  test("that wait go with the consumer", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.remove(id);
    state.queuedInfractionParams.set(chain.ctx, id, downtime("0.5"));
    infractionQueue.append(chain.ctx, id, chain.ctx.timeNs + 99n * DAY * 1_000_000_000n);
    chain.nextBlock(21n * DAY);
    expect(state.infractionQueue.keys(chain.ctx)).toEqual([]);
  });

  test.each([
    ["a fraction above 1", half("1.1")],
    ["a negative fraction", half("-0.1")],
    ["a fraction that is no decimal", { ...half("0"), slashFraction: Uint8Array.of(0xff) }],
    ["a negative jail time", half("0", -1n)],
    ["a jail time beyond 64 bits", { ...half("0"), jailDuration: { seconds: 9_223_372_037n, nanos: 0 } }],
  ])("are refused with %s", (_, downtimeHalf) => {
    const chain = createTestProvider();
    const infractionParameters = InfractionParameters.create({ downtime: downtimeHalf });
    expect(refusalCode(() => chain.create({ infractionParameters }))).toBe("provider/44");
  });

  test("may be zero, one, and for ever", () => {
    const chain = createTestProvider();
    for (const limits of [half("0", 0n), half("1", 9_223_372_036n)])
      chain.create({
        infractionParameters: InfractionParameters.create({ downtime: limits, doubleSign: limits }),
      });
    expect(state.nextConsumerId.get(chain.ctx)).toBe(2n);
  });
});
