/** A provider with consumers of random power shaping, stake and consents that move, and what a naive twin makes of them. */
import { toHex } from "@tandem-ics/crypto";
import { PowerShapingParameters } from "@tandem-ics/proto";
import { sortAsGo } from "@tandem-ics/runtime";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import * as state from "../../packages/ccv/src/provider/state.ts";
import { testConsensusKey } from "../../packages/modules/src/testing.ts";
import {
  automaticOptIns,
  type Bonded,
  type Member,
  minimumPower,
  nextSet,
  type Shape,
  type Sort,
} from "./naive/power-shaping.ts";
import { createProviderChain, type ProviderChain } from "./provider-chain.ts";
import type { Choices } from "./seeded.ts";

const M = 1_000_000n;

/** Equals stand where Go leaves them; that our sort knows where is shown by Go's own results, beside it. */
export const asGo: Sort = (list, strength) => sortAsGo(list, (a, b) => strength(a) > strength(b));

/** What the test itself knows of a consumer; validators are numbers. */
export interface Model {
  readonly id: string;
  shape: Shape;
  optedIn: Set<number>;
  readonly keys: Map<number, Uint8Array>;
  set: Member[];
  launched: boolean;
  /** Packets seen. */
  packets: number;
}

/** Tokens of `count` validators; `apart` gives every one a power of its own. */
function stakes(choices: Choices, count: number, apart: boolean): bigint[] {
  const powers = new Set<bigint>();
  const list: bigint[] = [];
  while (list.length < count) {
    const magnitude = choices.of([20, 1_000, 1_000_000]);
    const power = BigInt(1 + choices.below(apart ? magnitude + 2 * count : 12));
    if (apart && powers.has(power)) continue;
    powers.add(power);
    list.push(power * M + BigInt(choices.chance(30) ? choices.below(1_000_000) : 0));
  }
  return list;
}

const someOf = (choices: Choices, count: number, percent: number): number[] =>
  Array.from({ length: count }, (_, i) => i).filter(() => choices.chance(percent));

/** Random power shaping; `addresses` are those of all validators. */
function randomShape(choices: Choices, addresses: readonly string[], topN: boolean): Shape {
  const list = (percent: number, odds = 30): string[] =>
    choices.chance(odds) ? someOf(choices, addresses.length, percent).map((i) => addresses[i]!) : [];
  return {
    topN: topN ? 50 + choices.below(51) : 0,
    // With many validators only a cap near an equal share moves anything.
    powerCap: choices.chance(70)
      ? choices.of([
          1 + choices.below(100),
          Math.min(100, Math.ceil(100 / addresses.length) + choices.below(4)),
        ])
      : 0,
    setCap: choices.chance(40) ? 1 + choices.below(addresses.length + 2) : 0,
    allow: list(70),
    deny: list(20),
    priority: list(30, 60),
    minStake: choices.chance(30) ? BigInt(choices.below(20)) * M : 0n,
    allowInactive: choices.chance(40),
  };
}

function parametersOf(chain: ProviderChain, shape: Shape): PowerShapingParameters {
  const texts = (list: readonly string[]): string[] =>
    list.map((hex) => chain.addresses.consensus.encode(Buffer.from(hex, "hex")));
  return PowerShapingParameters.fromPartial({
    topN: shape.topN,
    validatorsPowerCap: shape.powerCap,
    validatorSetCap: shape.setCap,
    allowlist: texts(shape.allow),
    denylist: texts(shape.deny),
    prioritylist: texts(shape.priority),
    minStake: shape.minStake,
    allowInactiveVals: shape.allowInactive,
  });
}

/** Makes the world with `count` validators; `apart` gives them powers of their own to begin with. */
export function createShapedWorld(choices: Choices, count: number, apart: boolean) {
  const part = (): number => (choices.chance(50) ? count : 1 + choices.below(count));
  const chain = createProviderChain(
    {
      tokens: stakes(choices, count, apart),
      balances: [10n ** 15n],
      params: { maxValidators: part() },
    },
    { maxProviderConsensusValidators: BigInt(part()) },
  );
  const addresses = Array.from({ length: count }, (_, i) => toHex(chain.consAddr(i)));
  const numberOf = new Map(addresses.map((address, i) => [address, i]));
  const models: Model[] = [];
  let keysMade = 0;
  /** Validators that are not jailed. A Top N chain without any halts the provider, Go's too. */
  let free = count;

  function optIn(model: Model, i: number): void {
    chain.optIn(model.id, i);
    model.optedIn.add(i);
  }

  function assignKey(model: Model, i: number): void {
    const key = testConsensusKey(1_000_000 + keysMade++);
    chain.assignKey(model.id, i, key);
    model.keys.set(i, key);
  }

  function moveStake(i: number): void {
    const { staking, now } = chain;
    const validator = staking.requireValidator(now, chain.operator(i));
    if (choices.chance(10) && !validator.jailed && free > 1) {
      free--;
      staking.jail(now, chain.consAddr(i));
      return;
    }
    const tokens = BigInt(1 + choices.below(5_000_000));
    staking.delegate(now, chain.account(0), tokens, BondStatus.BOND_STATUS_UNBONDED, validator, true);
  }

  function moveConsent(model: Model, i: number): void {
    switch (choices.below(4)) {
      case 0:
        optIn(model, i);
        return;
      case 1:
        if (!model.launched || model.shape.topN > 0) return;
        chain.optOut(model.id, i);
        model.optedIn.delete(i);
        return;
      case 2:
        assignKey(model, i);
        return;
      default:
        if (choices.chance(80)) return;
        model.shape = randomShape(choices, addresses, model.shape.topN > 0);
        chain.update(model.id, { powerShapingParameters: parametersOf(chain, model.shape) });
    }
  }

  /** Bonded validators as staking lists them, seen from a consumer. */
  function bonded({ optedIn, keys }: Model): Bonded[] {
    const { staking, now } = chain;
    return staking.bondedValidatorsByPower(now).map((validator) => {
      const address = toHex(validator.consAddress);
      const i = numberOf.get(address)!;
      return {
        address,
        tokens: validator.tokens,
        power: staking.lastValidatorPower(now, validator.operator),
        key: toHex(keys.get(i) ?? testConsensusKey(i)),
        optedIn: optedIn.has(i),
      };
    });
  }
  const maxActive = (): number => Number(state.params.require(chain.now).maxProviderConsensusValidators);
  const active = (model: Model): Bonded[] => bonded(model).slice(0, maxActive());

  return {
    chain,
    models,
    addresses,
    bonded,
    active,

    /** A consumer that is registered, with some consents and keys. */
    addConsumer(): void {
      const shape = randomShape(choices, addresses, choices.chance(35));
      const id = chain.create(parametersOf(chain, shape));
      const [optedIn, keys] = [new Set<number>(), new Map<number, Uint8Array>()];
      const model: Model = { id, shape, optedIn, keys, set: [], launched: false, packets: 0 };
      models.push(model);
      for (const i of someOf(choices, count, choices.of([20, 70, 100]))) optIn(model, i);
      for (const i of someOf(choices, count, 10)) assignKey(model, i);
    },

    /** Stake and consents move. */
    move(): void {
      for (let acts = 2 + choices.below(count); acts > 0; acts--) {
        if (choices.chance(35)) moveStake(choices.below(count));
        else moveConsent(choices.of(models), choices.below(count));
      }
    },

    /** Minimum power of a Top N chain by the naive twin; undefined on an Opt-In chain. */
    minimum(model: Model): bigint | undefined {
      const powers = active(model).map(({ power }) => power);
      return model.shape.topN === 0 ? undefined : minimumPower(powers, model.shape.topN);
    },

    /** The naive twin's next set; automatic consents are added to the model. */
    expectedNext(model: Model): Member[] {
      const { shape, set: previous } = model;
      const input = {
        bonded: bonded(model),
        shape,
        maxActive: maxActive(),
        previous,
        height: chain.now.height,
        sort: asGo,
      };
      for (const address of automaticOptIns(input)) model.optedIn.add(numberOf.get(address)!);
      return nextSet({ ...input, bonded: bonded(model) });
    },

    /** The set that the provider has stored for a consumer, by address. */
    storedSet: (model: Model): Member[] =>
      state.consumerValidators
        .values(chain.now, { prefix: state.consumerPrefix(model.id) })
        .map(({ providerConsAddr, publicKey, power, joinHeight }) => ({
          address: toHex(providerConsAddr),
          key: toHex(publicKey!.ed25519!),
          power,
          joinHeight,
        })),

    /** Consents that the provider has stored, as addresses, ascending. */
    storedOptIns: (model: Model): string[] =>
      state.optedIn
        .keys(chain.now, { prefix: state.consumerPrefix(model.id) })
        .map(([, address]) => toHex(address)),
  };
}

/** See {@link createShapedWorld}. */
export type ShapedWorld = ReturnType<typeof createShapedWorld>;
