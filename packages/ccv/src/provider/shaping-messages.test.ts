/** Partial set security from messages to packets: what the rules of `power-shaping.test.ts` do on a chain. */
import { ConsumerPhase, MsgOptIn, MsgOptOut, PowerShapingParameters } from "@tandem-ics/proto";
import { createAddressCodecs } from "@tandem-ics/runtime";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode } from "../testing/refusal-code.ts";
import {
  AUTHORITY,
  accountOf,
  consAddressOf,
  createTestProvider,
  OWNER,
  operatorOf,
  type TestProvider,
  type TestProviderOptions,
} from "../testing/test-provider.ts";
import * as state from "./state.ts";

const DAY = 86_400n;
const FIVE = [50_000_000n, 40_000_000n, 30_000_000n, 20_000_000n, 10_000_000n];

/** A consumer that all of five validators joined. */
function five(params: TestProviderOptions["params"] = {}): { chain: TestProvider; id: string } {
  const chain = createTestProvider({ tokens: FIVE, params });
  const id = chain.launch([1, 2, 3, 4, 5], {
    powerShapingParameters: PowerShapingParameters.create({ allowInactiveVals: true }),
  });
  return { chain, id };
}
/** Power by validator after the next epoch's end under these parameters. */
function shaped(
  { chain, id }: { chain: TestProvider; id: string },
  changes: Partial<PowerShapingParameters>,
  owner = OWNER,
): Record<number, number> {
  const powerShapingParameters = PowerShapingParameters.create({ allowInactiveVals: true, ...changes });
  chain.update(id, { owner, powerShapingParameters });
  chain.nextEpoch();
  return powers(chain, id);
}
function powers(chain: TestProvider, id: string): Record<number, number> {
  const out: Record<number, number> = {};
  for (let n = 1; n <= 5; n++) {
    const member = state.consumerValidators.get(chain.ctx, [id, testAddress(n)]);
    if (member !== undefined) out[n] = Number(member.power);
  }
  return out;
}
const optOut = (chain: TestProvider, consumerId: string, n: number): string =>
  refusalCode(() =>
    chain.deliver(MsgOptOut, { chainId: "", consumerId, providerAddr: operatorOf(n), signer: accountOf(n) }),
  );

describe("opting in", () => {
  test("[pss-1] works before and after launch, and not for a stopped, deleted or unknown consumer", () => {
    const chain = createTestProvider();
    const optIn = (id: string): string => refusalCode(() => chain.optIn(id, 1));
    const id = chain.create();
    expect(optIn(id)).toBe("none");
    chain.update(id, { initializationParameters: chain.initialization() });
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_INITIALIZED);
    expect(optIn(id)).toBe("none");
    chain.nextBlock();
    expect(state.phases.get(chain.ctx, id)).toBe(ConsumerPhase.CONSUMER_PHASE_LAUNCHED);
    expect(optIn(id)).toBe("none");
    chain.remove(id);
    expect(optIn(id)).toBe("provider/27");
    chain.nextBlock(21n * DAY);
    expect(optIn(id)).toBe("provider/27");
    expect(optIn("9")).toBe("provider/27");
  });

  test("[pss-1] looks at no list, stake or cap: these decide at the epoch's end", () => {
    const { chain, id } = five();
    expect(shaped({ chain, id }, { denylist: [consAddressOf(1)] })).toEqual({ 2: 40, 3: 30, 4: 20, 5: 10 });
    expect(refusalCode(() => chain.optIn(id, 1))).toBe("none");
    chain.nextEpoch();
    expect(powers(chain, id)).not.toHaveProperty("1");
    expect(shaped({ chain, id }, {})).toHaveProperty("1", 50);
  });

  test("[pss-1] with a key that is refused leaves nothing", () => {
    const chain = createTestProvider();
    const consumerId = chain.create();
    const message = MsgOptIn.create({
      consumerId,
      providerAddr: operatorOf(1),
      signer: accountOf(1),
      consumerKey: `{"@type":"/cosmos.crypto.ed25519.PubKey","key":"${Buffer.alloc(32, 1).toString("base64")}"}`,
    });
    expect(refusalCode(() => chain.deliver(MsgOptIn, message))).toBe("provider/11");
    expect(state.optedIn.keys(chain.ctx)).toEqual([]);
  });

  test("[pss-2] opting out takes effect at the epoch's end, for a launched consumer only", () => {
    const { chain, id } = five();
    expect(optOut(chain, id, 3)).toBe("none");
    expect(powers(chain, id)).toHaveProperty("3");
    chain.nextEpoch();
    expect(powers(chain, id)).not.toHaveProperty("3");
    chain.remove(id);
    expect(optOut(chain, id, 2)).toBe("provider/27");
    expect(optOut(chain, "9", 2)).toBe("provider/3");
  });
});

describe("a Top N chain", () => {
  function topN(tokens: readonly bigint[], n: number, params: TestProviderOptions["params"] = {}) {
    const chain = createTestProvider({ tokens, params });
    const id = chain.create({ initializationParameters: chain.initialization() });
    chain.update(id, { newOwnerAddress: AUTHORITY });
    chain.update(id, {
      owner: AUTHORITY,
      powerShapingParameters: PowerShapingParameters.create({ topN: n }),
    });
    chain.nextBlock();
    return { chain, id };
  }

  test("[pss-3] takes everybody with the power at the threshold", () => {
    // Of 100, 40 + 20 reach 60 %, and two more have 20.
    const { chain, id } = topN([40_000_000n, 20_000_000n, 20_000_000n, 20_000_000n], 60);
    expect(state.minimumPower.get(chain.ctx, id)).toBe(20n);
    expect(powers(chain, id)).toEqual({ 1: 40, 2: 20, 3: 20, 4: 20 });
    expect(optOut(chain, id, 4)).toBe("provider/20");
  });

  test("[pss-2] [pss-3] lets those below the threshold join and leave as they like", () => {
    const { chain, id } = topN([50_000_000n, 30_000_000n, 20_000_000n], 80);
    expect(powers(chain, id)).toEqual({ 1: 50, 2: 30 });
    chain.optIn(id, 3);
    chain.nextEpoch();
    expect(powers(chain, id)).toEqual({ 1: 50, 2: 30, 3: 20 });
    expect([1, 2, 3].map((n) => optOut(chain, id, n))).toEqual(["provider/20", "provider/20", "none"]);
    chain.nextEpoch();
    expect(powers(chain, id)).toEqual({ 1: 50, 2: 30 });
  });

  test("[pss-4] counts active validators only, follows their stake, and keeps who dropped below", () => {
    const { chain, id } = topN([50_000_000n, 30_000_000n, 20_000_000n, 19_000_000n], 100, {
      maxProviderConsensusValidators: 3n,
    });
    expect(powers(chain, id)).toEqual({ 1: 50, 2: 30, 3: 20 });
    chain.fake.set(4, { tokens: 25_000_000n });
    chain.nextEpoch();
    // Validator 4 pushed 3 out of the active set; 3 stays enrolled, and is not active, so no member.
    expect(powers(chain, id)).toEqual({ 1: 50, 2: 30, 4: 25 });
    expect(state.optedIn.has(chain.ctx, [id, testAddress(3)])).toBe(true);
    expect(shaped({ chain, id }, { topN: 50, allowInactiveVals: true }, AUTHORITY)).toEqual({
      1: 50,
      2: 30,
      3: 20,
      4: 25,
    });
    // The least power is what it was when the parameters changed, and anew at the epoch's end.
    expect(state.minimumPower.get(chain.ctx, id)).toBe(30n);
  });

  test("[pss-5] stays governance's as long as it is one, and becomes Opt-In when it is given away", () => {
    const { chain, id } = topN(FIVE, 67);
    const away = (changes: object) =>
      refusalCode(() => chain.update(id, { owner: AUTHORITY, newOwnerAddress: OWNER, ...changes }));
    expect(away({})).toBe("provider/40");
    expect(away({ powerShapingParameters: PowerShapingParameters.create({ topN: 50 }) })).toBe("provider/40");
    expect(state.owners.get(chain.ctx, id)).toBe(AUTHORITY);
    expect(away({ powerShapingParameters: PowerShapingParameters.create() })).toBe("none");
    expect(state.minimumPower.has(chain.ctx, id)).toBe(false);
    const back = { powerShapingParameters: PowerShapingParameters.create({ topN: 50 }) };
    expect(refusalCode(() => chain.update(id, back))).toBe("provider/39");
    // Enrolled by the Top N, they stay until they leave.
    chain.nextEpoch();
    expect(Object.keys(powers(chain, id))).toEqual(["1", "2", "3"]);
    expect(optOut(chain, id, 1)).toBe("none");
  });

  test("[pss-10] has no cap on its number, and one on its powers", () => {
    const made = topN([50_000_000n, 30_000_000n, 20_000_000n], 100);
    expect(shaped(made, { topN: 100, validatorSetCap: 1 }, AUTHORITY)).toEqual({ 1: 50, 2: 30, 3: 20 });
    expect(shaped(made, { topN: 100, validatorsPowerCap: 40 }, AUTHORITY)).toEqual({ 1: 40, 2: 35, 3: 25 });
  });
});

describe("shaping", () => {
  test("[pss-6] by lists: the allowed ones, without the denied ones, who lose to no list", () => {
    const made = five();
    const list = (...ns: number[]): string[] => ns.map(consAddressOf);
    expect(shaped(made, { allowlist: list(2, 3) })).toEqual({ 2: 40, 3: 30 });
    expect(shaped(made, { denylist: list(2, 3) })).toEqual({ 1: 50, 4: 20, 5: 10 });
    expect(shaped(made, { allowlist: list(1, 2, 3), denylist: list(1) })).toEqual({ 2: 40, 3: 30 });
    expect(shaped(made, { denylist: list(1), prioritylist: list(1), validatorSetCap: 2 })).toEqual({
      2: 40,
      3: 30,
    });
    // An address of nobody, and one twice, are taken and change nothing.
    const stranger = createAddressCodecs("cosmos").consensus.encode(new Uint8Array(20).fill(77));
    expect(shaped(made, { allowlist: [...list(4, 4), stranger] })).toEqual({ 4: 20 });
    expect(Object.keys(shaped(made, {}))).toHaveLength(5);
  });

  test("[pss-7] by stake counts base tokens, not power", () => {
    const made = five();
    made.chain.fake.set(4, { tokens: 20_999_999n });
    expect(shaped(made, { minStake: 20_999_999n })).toEqual({ 1: 50, 2: 40, 3: 30, 4: 20 });
    expect(shaped(made, { minStake: 21_000_000n })).toEqual({ 1: 50, 2: 40, 3: 30 });
  });

  test("[pss-8] leaves out validators outside the provider's own set unless they are allowed", () => {
    const made = five({ maxProviderConsensusValidators: 3n });
    expect(powers(made.chain, made.id)).toEqual({ 1: 50, 2: 40, 3: 30, 4: 20, 5: 10 });
    expect(shaped(made, { allowInactiveVals: false })).toEqual({ 1: 50, 2: 40, 3: 30 });
  });

  test("[pss-9] fills the set with the prioritized, who must be eligible, before stronger ones", () => {
    const made = five();
    const prioritylist = [5, 4].map(consAddressOf);
    expect(shaped(made, { prioritylist, validatorSetCap: 3 })).toEqual({ 1: 50, 4: 20, 5: 10 });
    expect(shaped(made, { prioritylist, validatorSetCap: 3, minStake: 15_000_000n })).toEqual({
      1: 50,
      2: 40,
      4: 20,
    });
    expect(optOut(made.chain, made.id, 4)).toBe("none");
    expect(shaped(made, { prioritylist, validatorSetCap: 1 })).toEqual({ 5: 10 });
  });

  test("[pss-10] caps the number after the priorities, and not at 0", () => {
    const made = five();
    expect(shaped(made, { validatorSetCap: 2 })).toEqual({ 1: 50, 2: 40 });
    expect(Object.keys(shaped(made, { validatorSetCap: 0 }))).toHaveLength(5);
    expect(Object.keys(shaped(made, { validatorSetCap: 9 }))).toHaveLength(5);
  });

  test("[pss-11] caps powers of those who are left, and sends the difference", () => {
    const made = five();
    made.chain.openChannel(made.id);
    expect(shaped(made, { validatorSetCap: 4, validatorsPowerCap: 30 })).toEqual({
      1: 42,
      2: 42,
      3: 33,
      4: 23,
    });
    const { data } = made.chain.ibc.sent[0]!;
    const { validator_updates: updates } = JSON.parse(data) as {
      validator_updates: { power: string }[];
    };
    expect(updates.map(({ power }) => power).sort()).toEqual(["0", "23", "33", "42", "42"]);
  });

  test("[pss-13] takes a list of 1000 and refuses 1001, addresses of another prefix and of operators", () => {
    const { chain, id } = five();
    const update = (changes: Partial<PowerShapingParameters>): string =>
      refusalCode(() => chain.update(id, { powerShapingParameters: PowerShapingParameters.create(changes) }));
    const many = (length: number) => Array.from({ length }, () => consAddressOf(1));
    expect(update({ prioritylist: many(1000) })).toBe("none");
    for (const name of ["allowlist", "denylist", "prioritylist"] as const) {
      expect(update({ [name]: many(1001) })).toBe("provider/45");
      expect(update({ [name]: [operatorOf(1)] })).toBe("provider/45");
      const foreign = createAddressCodecs("consumer").consensus.encode(testAddress(1));
      expect(update({ [name]: [foreign] })).toBe("provider/45");
    }
    expect(update({ validatorsPowerCap: 101 })).toBe("provider/45");
    expect(update({ validatorsPowerCap: 100 })).toBe("none");
  });

  test("[pss-14] the provider's own set follows its parameter in the very next block", () => {
    const { chain } = five();
    const params = state.params.require(chain.ctx);
    expect(chain.genesisUpdates).toHaveLength(5);
    expect(chain.nextBlock()).toEqual([]);
    state.params.set(chain.ctx, { ...params, maxProviderConsensusValidators: 3n });
    expect(chain.nextBlock().map(({ pubKey, power }) => [pubKey!.ed25519![0], power])).toEqual(
      expect.arrayContaining([
        [4, 0n],
        [5, 0n],
      ]),
    );
    expect(state.providerValidators.keys(chain.ctx)).toHaveLength(3);
    chain.fake.set(1, { jailed: true });
    expect(
      chain
        .nextBlock()
        .map(({ power }) => power)
        .sort(),
    ).toEqual([0n, 20n]);
  });
});
