import {
  ConsumerPhase,
  MsgAssignConsumerKey,
  MsgSetConsumerCommissionRate,
  PowerShapingParameters,
} from "@tandem-ics/proto";
import { Dec } from "@tandem-ics/runtime";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  accountOf,
  consAddressOf,
  createTestProvider,
  keyJson,
  operatorOf,
} from "../testing/test-provider.ts";
import { setAllocation } from "./rewards.ts";
import * as state from "./state.ts";

const DAY = 86_400n;
const SECOND_NS = 1_000_000_000n;

describe("removing consumers", () => {
  test("[life-17] is the owner's right, in phase 3 only", () => {
    const chain = createTestProvider();
    const waiting = chain.create();
    expect(refusalCode(() => chain.remove(waiting))).toBe("provider/27");
    const running = chain.launch();
    expect(refusalCode(() => chain.remove(running, accountOf(1)))).toBe("provider/25");
    expect(refusalCode(() => chain.remove("9"))).toBe("provider/37");
    expect(refusalCode(() => chain.remove("x"))).toBe("CCV/19");
    chain.remove(running);
    expect(chain.phase(running)).toBe(ConsumerPhase.CONSUMER_PHASE_STOPPED);
  });

  test("[life-18] ends VSC packets at once and deletes after the unbonding time, closing the channel", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.openChannel(id);
    chain.remove(id);
    chain.fake.set(1, { tokens: 20_000_000n });
    const stoppedNs = chain.ctx.timeNs;
    chain.nextEpoch();
    expect(chain.ibc.sent).toEqual([]);
    const left = stoppedNs / SECOND_NS + 21n * DAY - chain.ctx.timeNs / SECOND_NS;
    chain.nextBlock(left - 1n);
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_STOPPED);
    expect(chain.ibc.closed).toEqual([]);
    chain.nextBlock(1n);
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
    expect(chain.ibc.closed).toEqual(["provider/channel-0"]);
  });

  test("[life-19] leaves metadata, owner, parameters and phase readable and nothing else", () => {
    const chain = createTestProvider();
    const id = chain.launch([1, 2], {
      powerShapingParameters: PowerShapingParameters.create({
        allowlist: [consAddressOf(1), consAddressOf(2)],
        denylist: [consAddressOf(3)],
        prioritylist: [consAddressOf(2)],
      }),
      allowlistedRewardDenoms: { denoms: ["uatom"] },
    });
    chain.openChannel(id);
    const speaker = { chainId: "", consumerId: id, providerAddr: operatorOf(1), signer: accountOf(1) };
    for (const key of [50, 51])
      chain.deliver(MsgAssignConsumerKey, { ...speaker, consumerKey: keyJson(key) });
    chain.deliver(MsgSetConsumerCommissionRate, { ...speaker, rate: "500000000000000000" });
    const infractions = state.infractionParams.get(chain.ctx, id)!;
    const downtime = { ...infractions.downtime!, jailDuration: { seconds: 1n, nanos: 0 } };
    chain.update(id, { infractionParameters: { ...infractions, downtime } });
    state.minimumPower.set(chain.ctx, id, 7n);
    chain.ibc.inactive.add("channel-0");
    chain.fake.set(1, { tokens: 20_000_000n });
    chain.nextEpoch();
    state.slashAcks.set(chain.ctx, id, { addresses: ["x"] });
    setAllocation(chain.ctx, id, "uother", [{ denom: "uother", amount: Dec.ONE }]);
    expect(state.pendingVscPackets.has(chain.ctx, id)).toBe(true);
    /** First bytes of all keys. */
    const prefixes = (): number[] => {
      const keys = Array.from(chain.ctx.kv(state.STORE).iterate({}), ([key]) => key[0]!);
      return [...new Set(keys)].sort((a, b) => a - b);
    };
    // Everything that a consumer may have, but for the queue of spawn times and the queue of removals.
    const provider = [0, 2, 3, 4, 13, 42, 43, 255];
    const kept = [44, 45, 46, 47, 48, 49, 54, 55, 57];
    const gone = [5, 6, 7, 14, 15, 16, 17, 22, 23, 29, 31, 32, 36, 37, 39, 40, 41, 53, 56, 58, 59];
    expect(prefixes()).toEqual([...provider, ...kept, ...gone].sort((a, b) => a - b));
    chain.remove(id);
    chain.nextBlock(21n * DAY);
    expect(chain.phase(id)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
    expect(prefixes()).toEqual([...provider, ...kept].sort((a, b) => a - b));
    for (const rows of [
      state.chainIds,
      state.owners,
      state.metadata,
      state.initialization,
      state.powerShaping,
      state.infractionParams,
      state.allowlistedDenoms,
    ])
      expect(rows.has(chain.ctx, id)).toBe(true);
  });

  test("[life-18] are 200 in a block, and the rest in the next", () => {
    const chain = createTestProvider();
    const ids = Array.from({ length: 201 }, () => chain.create());
    // As if they ran: what matters here is the queue.
    for (const id of ids) {
      state.phases.set(chain.ctx, id, ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
      chain.remove(id);
    }
    const deleted = (): number =>
      ids.filter((id) => chain.phase(id) === ConsumerPhase.CONSUMER_PHASE_DELETED).length;
    chain.nextBlock(21n * DAY);
    expect(deleted()).toBe(200);
    chain.nextBlock();
    expect(deleted()).toBe(201);
  });

  test("[life-22] of one that cannot be deleted does not block others", () => {
    const chain = createTestProvider();
    const [stuck, fine] = [chain.launch(), chain.launch()];
    chain.remove(stuck);
    chain.remove(fine);
    state.phases.set(chain.ctx, stuck, ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    chain.nextBlock(21n * DAY);
    expect(chain.phase(stuck)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    expect(chain.phase(fine)).toBe(ConsumerPhase.CONSUMER_PHASE_DELETED);
  });

  test("is final: no way leads back from phase 4", () => {
    const chain = createTestProvider();
    const id = chain.launch();
    chain.remove(id);
    expect(refusalCode(() => chain.optIn(id, 1))).toBe("provider/27");
    expect(refusalCode(() => chain.remove(id))).toBe("provider/27");
    expect(state.consumerValidators.has(chain.ctx, [id, testAddress(1)])).toBe(true);
  });
});
