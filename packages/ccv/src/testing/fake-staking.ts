/** For tests of this package: stake without a chain around it. */
import { ed25519Address } from "@tandem-ics/crypto";
import { type Context, Dec } from "@tandem-ics/runtime";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import type { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type {
  HistoricalHeader,
  ProviderSlashing,
  ProviderStaking,
  StakingValidator,
} from "../provider/expected-keepers.ts";

const BONDED = 3;
const DAY_NS = 86_400_000_000_000n;

/** The `n`th test key, 32 bytes. */
export const testKey = (n: number): Uint8Array => new Uint8Array(32).fill(n);

/** Consensus address of the `n`th test key. */
export const testAddress = (n: number): Uint8Array => ed25519Address(testKey(n));

/** Operator address of the `n`th validator. */
export const testOperator = (n: number): Uint8Array => new Uint8Array(20).fill(n);

/** A slash that was asked for. */
export interface SlashRequest {
  readonly consAddress: Uint8Array;
  readonly height: bigint;
  readonly power: bigint;
  readonly fraction: string;
  readonly infraction: Infraction;
}

/** Validators that tests move about; writes of the module under test are recorded, and not undone with its branches. */
export interface FakeStaking {
  readonly staking: ProviderStaking;
  readonly slashing: ProviderSlashing;
  readonly slashes: SlashRequest[];
  readonly tombstoned: Set<number>;
  /** Validator → nanoseconds. */
  readonly jailedUntil: Map<number, bigint>;
  maxValidators: number;
  unbondingNs: bigint;
  minCommission: Dec;
  /** What slashing everything on its way out would take, by validator. */
  leavingTokens: Map<number, bigint>;
  header: HistoricalHeader | undefined;
  /** Adds or changes validator `n`; power follows tokens at once. */
  set(n: number, changes: Partial<StakingValidator>): void;
  remove(n: number): void;
  validator(n: number): StakingValidator;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Makes it with validators 1, 2, … of these tokens. */
export function createFakeStaking(tokens: readonly bigint[]): FakeStaking {
  const validators = new Map<number, StakingValidator>();
  const powerReduction = 1_000_000n;
  const all = (): StakingValidator[] => [...validators.values()];
  const find = (consAddress: Uint8Array): StakingValidator | undefined =>
    all().find((validator) => sameBytes(validator.consAddress, consAddress));
  const numberOf = (consAddress: Uint8Array): number =>
    [...validators].find(([, validator]) => sameBytes(validator.consAddress, consAddress))![0];
  const isInSet = (validator: StakingValidator): boolean => !validator.jailed && validator.status === BONDED;
  const bonded = (): StakingValidator[] =>
    all()
      .filter(isInSet)
      .sort((a, b) => (a.tokens > b.tokens ? -1 : a.tokens < b.tokens ? 1 : 0))
      .slice(0, fake.maxValidators);

  const fake: FakeStaking = {
    slashes: [],
    tombstoned: new Set(),
    jailedUntil: new Map(),
    maxValidators: 100,
    unbondingNs: 21n * DAY_NS,
    minCommission: Dec.ZERO,
    leavingTokens: new Map(),
    header: {
      time: { seconds: 1_700_000_000n, nanos: 0 },
      appHash: new Uint8Array(32).fill(7),
      nextValidatorsHash: new Uint8Array(32).fill(8),
    },
    set(n, changes) {
      const key = testKey(n);
      const before = validators.get(n) ?? {
        operator: testOperator(n),
        consensusPubkey: {
          typeUrl: "/cosmos.crypto.ed25519.PubKey",
          value: PubKey.encode({ key }).finish(),
        },
        consAddress: ed25519Address(key),
        jailed: false,
        status: BONDED,
        tokens: 0n,
        shares: Dec.ZERO,
        description: { moniker: `v${n}`, identity: "", website: "", securityContact: "", details: "" },
        commission: { rate: Dec.parse("0.1") },
      };
      validators.set(n, { ...before, ...changes });
    },
    remove: (n) => void validators.delete(n),
    validator: (n) => validators.get(n)!,
    staking: {
      powerReduction,
      maxValidators: () => fake.maxValidators,
      unbondingTimeNs: () => fake.unbondingNs,
      minCommissionRate: () => fake.minCommission,
      validator: (_, operator) => all().find((validator) => sameBytes(validator.operator, operator)),
      validatorByConsAddr: (_, consAddress) => find(consAddress),
      bondedValidatorsByPower: bonded,
      lastValidatorPower: (_, operator) => {
        const validator = bonded().find((candidate) => sameBytes(candidate.operator, operator));
        return validator === undefined ? 0n : validator.tokens / powerReduction;
      },
      lastTotalPower: () => bonded().reduce((sum, validator) => sum + validator.tokens / powerReduction, 0n),
      stakingTokenSupply: () => all().reduce((sum, validator) => sum + validator.tokens, 0n) * 2n,
      historicalInfo: () => (fake.header === undefined ? undefined : { header: fake.header }),
      jail(_, consAddress) {
        const n = numberOf(consAddress);
        fake.set(n, { jailed: true });
      },
      slashWithInfractionReason(_, consAddress, height, power, fraction, infraction) {
        fake.slashes.push({ consAddress, height, power, fraction: fraction.toString(), infraction });
        return 0n;
      },
      unbondingDelegationsFromValidator: (_, operator) => {
        const n = operator[0]!;
        return fake.leavingTokens.has(n) ? [n] : [];
      },
      redelegationsFromSrcValidator: () => [],
      slashUnbondingDelegation: (_: Context, n: unknown) => fake.leavingTokens.get(n as number) ?? 0n,
      slashRedelegation: () => 0n,
    },
    slashing: {
      isTombstoned: (_, consAddress) => {
        const validator = find(consAddress);
        return validator !== undefined && fake.tombstoned.has(numberOf(consAddress));
      },
      tombstone: (_, consAddress) => void fake.tombstoned.add(numberOf(consAddress)),
      jailUntil: (_, consAddress, timeNs) => void fake.jailedUntil.set(numberOf(consAddress), timeNs),
      downtimeJailDurationNs: () => 600_000_000_000n,
      slashFractionDoubleSign: () => Dec.parse("0.05"),
    },
  };
  tokens.forEach((amount, i) => {
    fake.set(i + 1, { tokens: amount });
  });
  return fake;
}
