/** Randomly drawn acts of bank, vesting, staking, distribution and slashing. */
import { encodeAny } from "@tandem-ics/proto";
import { moduleAddress } from "@tandem-ics/runtime";
import {
  type Act,
  amountOf,
  between,
  CAST,
  chance,
  codecs,
  EXTRA,
  type KnownDelegation,
  type KnownValidator,
  UNIT,
  type World,
} from "./drawn-world.ts";
import { type Keys, keysOf } from "./keys.ts";
import { bank, coin, distribution, message, slashing, staking } from "./walk-kit.ts";

const { people, poor, validators, vesting } = CAST;
const EVERYBODY = [...people, ...validators, ...vesting, ...poor];
const DELEGATORS = [...people, ...people, ...vesting.slice(0, 4)];

/** A percentage as a decimal travels. */
export const percentOf = (value: number): string => (BigInt(value) * 10n ** 16n).toString();

const someValidator = ({ random, known }: World): string =>
  chance(random, 4) ? random.pick(validators).operator : random.pick(known.validators).operator;

function someDelegation({ random, known }: World): KnownDelegation {
  if (known.delegations.length > 0 && !chance(random, 5)) return random.pick(known.delegations);
  return { delegator: random.pick(people), operator: random.pick(validators).operator, amount: UNIT };
}

/** Part of a delegation, all of it, or a little too much. */
function partOf({ random }: World, amount: bigint): bigint {
  const part = random.pick([amount, amount / 2n, amount / 3n, 1n, amount + 1n, amountOf(random, 5)]);
  return part === 0n ? 1n : part;
}

const one = (by: Keys, ...messages: Act["messages"]): Act => ({ by: [by], messages });

/** Acts of bank and vesting. */
export const BANK_ACTS: readonly [number, (world: World) => Act][] = [
  [
    6,
    ({ random }) => {
      const from = random.pick(EVERYBODY);
      const amount = chance(random, 20)
        ? [coin(1n + BigInt(random.below(9)), EXTRA), coin(amountOf(random))]
        : [coin(random.pick([amountOf(random, 3), amountOf(random), 10n ** 30n]))];
      return one(
        from,
        bank("MsgSend", { fromAddress: from.address, toAddress: random.pick(EVERYBODY).address, amount }),
      );
    },
  ],
  [
    2,
    ({ random }) => {
      // Nearly all that it has: what it sends next in the same block finds no funds for its fee.
      const from = random.pick(poor);
      return one(
        from,
        bank("MsgSend", {
          fromAddress: from.address,
          toAddress: random.pick(people).address,
          amount: [coin(BigInt(between(random, 1, 50_000)))],
        }),
      );
    },
  ],
  [
    1,
    ({ random }) => {
      const [to, pool] = [
        random.pick(poor),
        random.pick(["bonded_tokens_pool", "distribution", "gov", "mint"]),
      ];
      const toAddress = chance(random, 50) ? to.address : codecs.account.encode(moduleAddress(pool));
      const from = random.pick(people);
      return one(from, bank("MsgSend", { fromAddress: from.address, toAddress, amount: [coin(60_000n)] }));
    },
  ],
  [
    2,
    ({ random }) => {
      const from = random.pick(people);
      const parts = Array.from({ length: between(random, 1, 4) }, () => ({
        address: random.pick(EVERYBODY).address,
        coins: [coin(BigInt(between(random, 1, 99)))],
      }));
      const sum = parts.reduce((total, { coins }) => total + BigInt(coins[0]!.amount), 0n);
      return one(
        from,
        bank("MsgMultiSend", { inputs: [{ address: from.address, coins: [coin(sum)] }], outputs: parts }),
      );
    },
  ],
  [
    1,
    ({ random }) => {
      // Two signers.
      const [a, b] = [people[random.below(2)]!, people[2 + random.below(3)]!];
      const swap = (from: Keys, to: Keys) =>
        bank("MsgSend", {
          fromAddress: from.address,
          toAddress: to.address,
          amount: [coin(amountOf(random))],
        });
      return { by: [a, b], messages: [swap(a, b), swap(b, a)] };
    },
  ],
  [
    3,
    ({ random, known }) => {
      const from = random.pick(people);
      const fresh = keysOf(`drawn fresh ${random.below(1_000_000)}`);
      const toAddress = random.pick([random.pick(vesting), fresh, random.pick(people)]).address;
      const now = known.timeNs / 1_000_000_000n;
      const amount = [coin(amountOf(random, 90))];
      const soon = BigInt(between(random, -5, 40));
      return one(
        from,
        random.pick([
          message("/cosmos.vesting.v1beta1.MsgCreateVestingAccount", {
            fromAddress: from.address,
            toAddress,
            amount,
            endTime: now + soon,
            delayed: chance(random, 50),
          }),
          message("/cosmos.vesting.v1beta1.MsgCreatePermanentLockedAccount", {
            fromAddress: from.address,
            toAddress,
            amount,
          }),
          message("/cosmos.vesting.v1beta1.MsgCreatePeriodicVestingAccount", {
            fromAddress: from.address,
            toAddress,
            startTime: now + soon - 10n,
            vestingPeriods: Array.from({ length: between(random, 1, 4) }, () => ({
              length: BigInt(between(random, 1, 15)),
              amount: [coin(amountOf(random, 20))],
            })),
          }),
        ]),
      );
    },
  ],
];

const createValidator = ({ random }: World, keys: Keys): Act => {
  const maximum = between(random, 10, 100);
  return one(
    keys,
    staking("MsgCreateValidator", {
      description: { moniker: keys.name, identity: "", website: "", details: "drawn" },
      commission: {
        rate: percentOf(chance(random, 85) ? maximum : between(random, 0, maximum)),
        maxRate: percentOf(maximum),
        maxChangeRate: percentOf(between(random, 0, maximum)),
      },
      minSelfDelegation: random.pick(["1", "1000000", "3000000"]),
      validatorAddress: keys.operator,
      pubkey: encodeAny("/cosmos.crypto.ed25519.PubKey", {
        key: (chance(random, 5) ? random.pick(validators) : keys).consensusKey,
      }),
      value: coin(amountOf(random, 300)),
    }),
  );
};

/** Somebody who operates a validator, most often. */
function operator({ random, known }: World): Keys {
  const present = known.validators.flatMap(({ keys }) => keys ?? []);
  return present.length > 0 && !chance(random, 7) ? random.pick(present) : random.pick(validators);
}

const jailedOnes = (known: World["known"]): KnownValidator[] =>
  known.validators.filter(({ jailed, keys }) => jailed && keys !== undefined);

/** Makes the validators that are there from the start on. */
export const firstValidators = (world: World): Act[] =>
  validators.slice(0, 9).map((keys) => createValidator(world, keys));

/** Acts of staking, distribution and slashing. */
export const STAKE_ACTS: readonly [number, (world: World) => Act][] = [
  [2, (world) => createValidator(world, world.random.pick(validators.slice(9)))],
  [
    12,
    (world) => {
      const delegator = world.random.pick(DELEGATORS);
      return one(
        delegator,
        staking("MsgDelegate", {
          delegatorAddress: delegator.address,
          validatorAddress: someValidator(world),
          amount: coin(amountOf(world.random)),
        }),
      );
    },
  ],
  [
    8,
    (world) => {
      const { delegator, operator, amount } = someDelegation(world);
      return one(
        delegator,
        staking("MsgUndelegate", {
          delegatorAddress: delegator.address,
          validatorAddress: operator,
          amount: coin(partOf(world, amount)),
        }),
      );
    },
  ],
  [
    3,
    (world) => {
      const { random } = world;
      // An operator that leaves with its own stake: below its minimum it is jailed.
      const keys = operator(world);
      return one(
        keys,
        staking("MsgUndelegate", {
          delegatorAddress: keys.address,
          validatorAddress: keys.operator,
          amount: coin(amountOf(random, 150)),
        }),
      );
    },
  ],
  [
    9,
    (world) => {
      const { delegator, operator, amount } = someDelegation(world);
      return one(
        delegator,
        staking("MsgBeginRedelegate", {
          delegatorAddress: delegator.address,
          validatorSrcAddress: operator,
          validatorDstAddress: someValidator(world),
          amount: coin(partOf(world, amount)),
        }),
      );
    },
  ],
  [
    5,
    (world) => {
      const { random, known } = world;
      const delegator = random.pick(people);
      const entry =
        known.unbondings.length > 0
          ? random.pick(known.unbondings)
          : { delegator, operator: someValidator(world), creationHeight: known.height, amount: UNIT };
      return one(
        entry.delegator,
        staking("MsgCancelUnbondingDelegation", {
          delegatorAddress: entry.delegator.address,
          validatorAddress: entry.operator,
          amount: coin(partOf(world, entry.amount)),
          creationHeight: entry.creationHeight,
        }),
      );
    },
  ],
  [
    3,
    (world) => {
      const { random } = world;
      const keys = operator(world);
      return one(
        keys,
        staking("MsgEditValidator", {
          description: {
            moniker: random.pick(["renamed", "[do-not-modify]", "", "m".repeat(71)]),
            identity: "[do-not-modify]",
            website: random.pick(["[do-not-modify]", "https://example.com"]),
            securityContact: "x@example.com",
            details: "[do-not-modify]",
          },
          validatorAddress: keys.operator,
          commissionRate: random.pick(["", percentOf(between(random, 0, 100))]),
          minSelfDelegation: random.pick(["", "", "2", "4000000", "999000000000"]),
        }),
      );
    },
  ],
  [
    3,
    ({ random }) => {
      const from = random.pick(people);
      const pool = codecs.account.encode(moduleAddress("bonded_tokens_pool"));
      return one(
        from,
        distribution("MsgSetWithdrawAddress", {
          delegatorAddress: from.address,
          withdrawAddress: chance(random, 20) ? pool : random.pick(EVERYBODY).address,
        }),
      );
    },
  ],
  [
    6,
    (world) => {
      const { delegator, operator } = someDelegation(world);
      return one(
        delegator,
        distribution("MsgWithdrawDelegatorReward", {
          delegatorAddress: delegator.address,
          validatorAddress: operator,
        }),
      );
    },
  ],
  [
    3,
    (world) => {
      const keys = operator(world);
      return one(keys, distribution("MsgWithdrawValidatorCommission", { validatorAddress: keys.operator }));
    },
  ],
  [
    2,
    ({ random }) => {
      const from = random.pick(people);
      return one(
        from,
        distribution("MsgFundCommunityPool", {
          amount: [chance(random, 30) ? coin(5n, EXTRA) : coin(amountOf(random))],
          depositor: from.address,
        }),
      );
    },
  ],
  [
    2,
    (world) => {
      const from = world.random.pick(people);
      return one(
        from,
        distribution("MsgDepositValidatorRewardsPool", {
          depositor: from.address,
          validatorAddress: someValidator(world),
          amount: [chance(world.random, 40) ? coin(777n, EXTRA) : coin(amountOf(world.random))],
        }),
      );
    },
  ],
  [
    7,
    ({ random, known }) => {
      const jailed = jailedOnes(known);
      const keys =
        jailed.length > 0 && !chance(random, 10) ? random.pick(jailed).keys! : random.pick(validators);
      return one(keys, slashing("MsgUnjail", { validatorAddr: keys.operator }));
    },
  ],
];
