/** The slash meter, slash packets and punishments beside a naive twin, over real stake. */
import { toBase64, toHex } from "@tandem-ics/crypto";
import { durationToNs, InfractionParameters, nsToDuration } from "@tandem-ics/proto";
import { CodedError, Dec } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import fc from "fast-check";
import { createPunish } from "../../packages/ccv/src/provider/punish.ts";
import { slashAcksOf } from "../../packages/ccv/src/provider/relay.ts";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { packetTo } from "../../packages/ccv/src/testing/fake-ibc.ts";
import { equivocationPower, POWER_REDUCTION, type Stake, slash } from "./naive/punishment.ts";
import { type Accused, allowance, judge, type Meter, type Report, replenish } from "./naive/slash-packets.ts";
import { createProviderChain, type ProviderChain } from "./provider-chain.ts";
import { type Choices, choicesFrom } from "./seeded.ts";

const M = 1_000_000n;
const SECOND_NS = 1_000_000_000n;
const UNSHAPED = {
  topN: 0,
  validatorsPowerCap: 0,
  validatorSetCap: 0,
  allowlist: [],
  denylist: [],
  minStake: 0n,
  allowInactiveVals: false,
  prioritylist: [],
};
const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 12);
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** A fraction with few or many digits, 10^-18. */
const part = (choices: Choices): bigint =>
  choices.of([
    5n * 10n ** 16n,
    10n ** 16n,
    10n ** 18n,
    BigInt(choices.below(10 ** 9)) * 10n ** 9n,
    BigInt(1 + choices.below(999)) * 10n ** 15n,
  ]);
const decOf = (fraction: bigint): Dec => Dec.fromWire(fraction.toString());

/** Stake as the chain has it now. */
function stakeOf({ staking, now, operator }: ProviderChain, validators: number): Stake {
  const stake: Stake = { validators: new Map(), delegations: new Map(), unbondings: [], redelegations: [] };
  for (let i = 0; i < validators; i++) {
    const validator = staking.validator(now, operator(i));
    if (validator === undefined) continue;
    const name = toHex(operator(i));
    stake.validators.set(name, { tokens: validator.tokens, shares: BigInt(validator.shares.toWire()) });
    for (const { delegator, entries } of staking.unbondingDelegationsFromValidator(now, operator(i)))
      for (const entry of entries)
        stake.unbondings.push({
          delegator: toHex(delegator),
          validator: name,
          initial: entry.initialBalance,
          balance: entry.balance,
          height: entry.creationHeight,
          mature: entry.completionTimeNs <= now.timeNs,
        });
    for (const { delegator, destination, entries } of staking.redelegationsFromSrcValidator(now, operator(i)))
      for (const entry of entries)
        stake.redelegations.push({
          delegator: toHex(delegator),
          source: name,
          destination: toHex(destination),
          initial: entry.initialBalance,
          shares: BigInt(entry.sharesDst.toWire()),
          height: entry.creationHeight,
          mature: entry.completionTimeNs <= now.timeNs,
        });
  }
  for (const { delegator, validator, shares } of staking.delegations(now))
    stake.delegations.set(`${toHex(delegator)}/${toHex(validator)}`, BigInt(shares.toWire()));
  return stake;
}

/** One move of somebody's stake; refusals change nothing. */
function moveStake(chain: ProviderChain, choices: Choices, validators: number): void {
  const { staking, now, account, operator } = chain;
  const delegator = account(choices.below(3));
  const from = operator(choices.below(validators));
  const amount = BigInt(1 + choices.below(choices.of([5_000_000, 3_333_333, 100])));
  const branch = now.branch();
  try {
    const kind = choices.below(4);
    if (kind < 2) {
      const validator = staking.requireValidator(branch.ctx, from);
      staking.delegate(branch.ctx, delegator, amount * 2n, BondStatus.BOND_STATUS_UNBONDED, validator, true);
    } else {
      const shares = staking.validateUnbondAmount(branch.ctx, delegator, from, amount);
      if (kind === 2) staking.undelegate(branch.ctx, delegator, from, shares);
      else staking.redelegate(branch.ctx, delegator, from, operator(choices.below(validators)), shares);
    }
    branch.commit();
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
  }
}

test("the meter and its allowance round half to even, refill by period and shrink with the power", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), seeds, (count, seed) => {
      const choices = choicesFrom(seed);
      const fraction = 1 + choices.below(200);
      const period = BigInt(1 + choices.below(30)) * SECOND_NS;
      const chain = createProviderChain(
        {
          tokens: Array.from({ length: count }, () => BigInt(1 + choices.below(100)) * M),
          balances: [10n ** 15n],
        },
        {
          slashMeterReplenishFraction: `0.${fraction.toString().padStart(3, "0")}`,
          slashMeterReplenishPeriod: nsToDuration(period),
        },
      );
      const { staking } = chain;
      let meter: Meter = {
        value: BigInt(choices.below(2000) - 1000),
        candidate: state.replenishCandidate.require(chain.now),
      };
      state.slashMeter.set(chain.now, meter.value);
      for (let block = 0; block < 12; block++) {
        const i = choices.below(count);
        const validator = staking.requireValidator(chain.now, chain.operator(i));
        if (choices.chance(60))
          staking.delegate(
            chain.now,
            chain.account(0),
            BigInt(1 + choices.below(30)) * M,
            BondStatus.BOND_STATUS_UNBONDED,
            validator,
            true,
          );
        else if (!validator.jailed) staking.jail(chain.now, chain.consAddr(i));
        chain.nextBlock(BigInt(choices.below(20)));
        const allowed = allowance(staking.lastTotalPower(chain.now), BigInt(fraction) * 10n ** 15n);
        meter = replenish(meter, chain.now.timeNs, period, allowed);
        expect({
          value: state.slashMeter.require(chain.now),
          candidate: state.replenishCandidate.require(chain.now),
        }).toEqual(meter);
        if (choices.chance(40)) {
          meter = { ...meter, value: meter.value - BigInt(choices.below(80)) };
          state.slashMeter.set(chain.now, meter.value);
        }
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

const ACKS = {
  [toBase64(Uint8Array.of(1))]: 1,
  [toBase64(Uint8Array.of(2))]: 2,
  [toBase64(Uint8Array.of(3))]: 3,
} as Readonly<Record<string, 1 | 2 | 3>>;

/** Hands a slash packet over and reads its acknowledgement. */
function receive(chain: ProviderChain, channelId: string, data: object): 1 | 2 | 3 | "error" {
  const { bytes } = chain.ibcApp.onRecvPacket(chain.now, {
    channelVersion: "1",
    packet: packetTo("provider", channelId, JSON.stringify(data)),
    relayer: new Uint8Array(20),
  })!;
  const { result } = JSON.parse(Buffer.from(bytes).toString()) as { result?: string };
  return result === undefined ? "error" : ACKS[result]!;
}

/** A consumer of all validators but the last, and one that is not launched any more. */
function launched(chain: ProviderChain, count: number): string[] {
  const ids = [chain.create(UNSHAPED), chain.create(UNSHAPED)];
  for (const id of ids) {
    for (let i = 0; i < Math.max(1, count - 1); i++) chain.optIn(id, i);
    chain.spawn(id);
  }
  chain.nextBlock();
  for (const id of ids) chain.openChannel(id);
  chain.nextEpoch();
  return ids;
}

test("slash packets are judged, charged and punished as the naive twin does", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 25 }), seeds, (count, seed) => {
      const choices = choicesFrom(seed);
      const chain = createProviderChain({
        tokens: Array.from({ length: count }, () => BigInt(1 + choices.below(100)) * M),
        balances: [10n ** 12n, 10n ** 12n, 10n ** 12n],
      });
      const ids = launched(chain, count);
      const [fraction, jail] = [part(choices), BigInt(choices.below(5000)) * SECOND_NS];
      const before = state.infractionParams.get(chain.now, ids[0]!)!;
      state.infractionParams.set(
        chain.now,
        ids[0]!,
        InfractionParameters.fromPartial({
          ...before,
          downtime: { slashFraction: Buffer.from(fraction.toString()), jailDuration: nsToDuration(jail) },
        }),
      );
      state.phases.set(chain.now, ids[1]!, 4);
      for (let step = 0; step < 15; step++) {
        moveStake(chain, choices, count);
        // The one who is accused next, if somebody is chosen at all.
        const i = choices.below(count);
        if (choices.chance(15)) {
          if (chain.staking.validator(chain.now, chain.operator(i))?.jailed === false)
            chain.staking.jail(chain.now, chain.consAddr(i));
        }
        const doomed = chain.consAddr(choices.below(count));
        if (choices.chance(10) && !chain.slashing.isTombstoned(chain.now, doomed))
          chain.slashing.tombstone(chain.now, doomed);
        if (choices.chance(30)) chain.nextBlock(BigInt(choices.of([1, 5, 4000])));
        if (choices.chance(40)) state.slashMeter.set(chain.now, choices.of([-1n, 0n, 1n, 50n]));
        onePacket(chain, choices, {
          i: choices.chance(60) ? i : choices.below(count + 1),
          count,
          ids,
          fraction,
          jail,
        });
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

function onePacket(
  chain: ProviderChain,
  choices: Choices,
  options: { i: number; count: number; ids: readonly string[]; fraction: bigint; jail: bigint },
): void {
  const { i, count, ids, fraction, jail } = options;
  const { now, staking, slashing } = chain;
  const id = choices.chance(85) ? ids[0]! : ids[1]!;
  const address = chain.consAddr(i);
  const validator = staking.validatorByConsAddr(now, address);
  const vscId = choices.of([0n, 1n, state.vscId.require(now), 999n]);
  const report: Report = {
    power: BigInt(choices.below(40)),
    infraction: choices.of(["downtime", "downtime", "downtime", "double-sign", "unspecified"]),
    height: vscId === 0n ? state.initChainHeight.get(now, id) : state.heightOfVscId.get(now, vscId),
    launched: id === ids[0],
  };
  const accused: Accused = {
    known: validator !== undefined,
    unbonded: validator?.status === 1,
    tombstoned: slashing.isTombstoned(now, address),
    jailed: validator?.jailed === true,
    lastPower: validator === undefined ? 0n : staking.lastValidatorPower(now, validator.operator),
    member: state.consumerValidators.has(now, [id, address]),
  };
  const meter = state.slashMeter.require(now);
  const acks = slashAcksOf(now, id).length;
  const stake = stakeOf(chain, count);
  const expected = judge(report, accused, meter);
  const found = receive(chain, `channel-${id}`, {
    type: "CONSUMER_PACKET_TYPE_SLASH",
    slashPacketData: {
      validator: { address: toBase64(address), power: report.power.toString() },
      valset_update_id: vscId.toString(),
      infraction: {
        downtime: "INFRACTION_TYPE_DOWNTIME",
        "double-sign": "INFRACTION_TYPE_DOUBLE_SIGN",
        unspecified: "INFRACTION_TYPE_UNSPECIFIED",
      }[report.infraction],
    },
  });
  expect({
    ack: found,
    meter: state.slashMeter.require(now),
    acknowledged: slashAcksOf(now, id).length > acks,
    jails: !accused.jailed && staking.validatorByConsAddr(now, address)?.jailed === true,
  }).toEqual({
    ...expected,
    // An infraction in the future of this block cannot be slashed for: the packet counts, the punishment does not.
    jails: expected.jails && report.height! <= now.height,
  });
  if (expected.jails && report.height! <= now.height) {
    const later = report.height === now.height;
    // Nothing can have left since an infraction in this very block.
    const target = later ? { ...stake, unbondings: [], redelegations: [] } : stake;
    slash(target, toHex(chain.operator(i)), report.power, fraction, report.height!);
    expect(jailedUntil(chain, address)).toBe(now.timeNs + jail);
  }
  expect(stakeOf(chain, count)).toEqual(stake);
}

const jailedUntil = (chain: ProviderChain, address: Uint8Array): bigint =>
  chain.slashing.signingInfo(chain.now, address)!.jailedUntilNs;

test("equivocation costs stake that is bonded, unbonding and redelegated what the naive twin says", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), seeds, (count, seed) => {
      const choices = choicesFrom(seed);
      const chain = createProviderChain({
        tokens: Array.from(
          { length: count },
          () => BigInt(1 + choices.below(40)) * M + BigInt(choices.below(1000)),
        ),
        balances: [10n ** 12n, 10n ** 12n, 10n ** 12n],
        params: { unbondingTimeNs: 60n * SECOND_NS },
      });
      const punish = createPunish(chain);
      for (let punished = 0; punished < 3; punished++) {
        for (let step = 0; step < 30; step++) {
          moveStake(chain, choices, count);
          if (choices.chance(25)) chain.nextBlock();
        }
        const i = choices.below(count);
        const validator = chain.staking.validatorByConsAddr(chain.now, chain.consAddr(i));
        if (validator === undefined || validator.status === 1) continue;
        if (chain.slashing.isTombstoned(chain.now, chain.consAddr(i))) continue;
        const params = {
          slashFraction: Buffer.from(part(choices).toString()),
          jailDuration: nsToDuration(BigInt(choices.below(100)) * SECOND_NS),
          tombstone: choices.chance(50),
        };
        const stake = stakeOf(chain, count);
        const name = toHex(chain.operator(i));
        const lastPower = chain.staking.lastValidatorPower(chain.now, chain.operator(i));
        const power = equivocationPower(stake, name, lastPower);
        slash(stake, name, power, BigInt(params.slashFraction.toString()), 0n);
        punish.equivocation(chain.now, chain.consAddr(i), params);
        expect(stakeOf(chain, count)).toEqual(stake);
        expect(chain.staking.validator(chain.now, chain.operator(i))!.jailed).toBe(true);
        expect(chain.slashing.isTombstoned(chain.now, chain.consAddr(i))).toBe(params.tombstone);
        expect(jailedUntil(chain, chain.consAddr(i))).toBe(
          chain.now.timeNs + durationToNs(params.jailDuration),
        );
        expect(chain.brokenInvariants(chain.now)).toEqual([]);
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

test("a fraction of a power is cut down to whole tokens", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), seeds, (power, seed) => {
      const fraction = part(choicesFrom(seed));
      const found = Dec.fromInt(power * POWER_REDUCTION)
        .mul(decOf(fraction))
        .truncateInt();
      expect(found).toBe((power * POWER_REDUCTION * fraction) / 10n ** 18n);
    }),
  );
});
