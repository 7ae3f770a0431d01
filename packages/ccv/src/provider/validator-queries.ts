/** What the provider tells about validators of consumers (interchain-security `grpc_query.go`). */
import { compareBytes } from "@tandem-ics/crypto";
import {
  type ConsensusValidator,
  ConsumerPhase,
  type PairValConAddrProviderAndConsumer,
  type QueryConsumerValidatorsValidator,
} from "@tandem-ics/proto";
import { type Context, GRPC, GrpcError } from "@tandem-ics/runtime";
import { consAddressOfKey } from "../types/addresses.ts";
import { isRefusal, refusalOf } from "../types/refusals.ts";
import { addressesOf } from "./address-index.ts";
import { consumersWithClients, isActive, phaseOf } from "./consumers.ts";
import type { ProviderDeps } from "./expected-keepers.ts";
import { invalidArgument, lookedUpAddress, queriedAddress, queriedConsumer } from "./query-arguments.ts";
import * as state from "./state.ts";
import { storedConsumerSet, type ValidatorSets } from "./validator-sets.ts";

type Deps = Pick<ProviderDeps, "addresses" | "staking">;

/** Queries about validators. */
export function createValidatorQueries({ addresses, staking }: Deps, sets: ValidatorSets) {
  const text = (address: Uint8Array): string => addresses.consensus.encode(address);

  function hasToValidate(ctx: Context, consumerId: string, address: Uint8Array): boolean {
    if (!isActive(ctx, consumerId)) return false;
    let result = false;
    refusalOf(() => {
      result = sets.hasToValidate(ctx, consumerId, address);
    });
    return result;
  }

  /** The set in force, or before launch and after deletion the one that would be; none for a stopped consumer. */
  function currentSet(ctx: Context, consumerId: string): ConsensusValidator[] {
    switch (phaseOf(ctx, consumerId)) {
      case ConsumerPhase.CONSUMER_PHASE_UNSPECIFIED:
        throw invalidArgument(`cannot find a phase for consumer: ${consumerId}`);
      case ConsumerPhase.CONSUMER_PHASE_LAUNCHED:
        return storedConsumerSet(ctx, consumerId);
      case ConsumerPhase.CONSUMER_PHASE_STOPPED:
        return [];
    }
    try {
      return sets
        .nextSet(ctx, consumerId)
        .sort((a, b) => compareBytes(a.providerConsAddr, b.providerConsAddr));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new GrpcError(GRPC.internal, error.message, { cause: error });
    }
  }

  function describe(
    ctx: Context,
    consumerId: string,
    member: ConsensusValidator,
  ): QueryConsumerValidatorsValidator | undefined {
    const validator = staking.validatorByConsAddr(ctx, member.providerConsAddr);
    if (validator === undefined) return undefined;
    const providerRate = validator.commission.rate;
    const rate = state.commissionRates.get(ctx, [consumerId, member.providerConsAddr]) ?? providerRate;
    return {
      providerAddress: text(member.providerConsAddr),
      consumerKey: member.publicKey,
      power: 0n,
      rate: "0",
      consumerPower: member.power,
      consumerCommissionRate: rate.toWire(),
      providerCommissionRate: providerRate.toWire(),
      description: validator.description,
      providerOperatorAddress: addresses.validator.encode(validator.operator),
      jailed: validator.jailed,
      status: validator.status,
      providerTokens: validator.tokens.toString(),
      providerPower: validator.tokens / staking.powerReduction,
      validatesCurrentEpoch: hasToValidate(ctx, consumerId, member.providerConsAddr),
    };
  }

  function assertActive(ctx: Context, consumerId: string): void {
    if (!isActive(ctx, consumerId)) throw invalidArgument(`unknown consumer chain: ${consumerId}`);
  }

  return {
    /** Empty when no key is assigned. */
    consumerAddress(ctx: Context, id: string, providerAddress: string): string {
      const consumerId = queriedConsumer(id);
      const address = lookedUpAddress(addresses.consensus, providerAddress);
      const key = state.consumerKeys.get(ctx, [consumerId, address]);
      return key === undefined ? "" : text(consAddressOfKey(key));
    },

    /** Empty when the address is not that of an assigned key. */
    providerAddress(ctx: Context, consumerId: string, consumerAddress: string): string {
      const address = lookedUpAddress(addresses.consensus, consumerAddress);
      const found = state.providerAddresses.get(ctx, [consumerId, address]);
      return found === undefined ? "" : text(found);
    },

    /** Assigned keys only. */
    pairs(ctx: Context, id: string): PairValConAddrProviderAndConsumer[] {
      const prefix = state.consumerPrefix(queriedConsumer(id));
      return Array.from(state.consumerKeys.entries(ctx, { prefix }), ([[, address], key]) => ({
        providerAddress: text(address),
        consumerAddress: text(consAddressOfKey(key)),
        consumerKey: key,
      }));
    },

    optedIn(ctx: Context, id: string): string[] {
      const consumerId = queriedConsumer(id);
      assertActive(ctx, consumerId);
      return addressesOf(ctx, state.optedIn, consumerId).map(text);
    },

    /** Consumers whose set the validator is in, or would be in if the epoch ended now. */
    consumersToValidate(ctx: Context, providerAddress: string): string[] {
      if (providerAddress === "") throw invalidArgument("empty provider address");
      const address = queriedAddress(addresses.consensus, providerAddress, "invalid provider address");
      return consumersWithClients(ctx).filter((consumerId) => hasToValidate(ctx, consumerId, address));
    },

    /** Wire text of the rate; staking's rate when none is set. */
    commissionRate(ctx: Context, id: string, providerAddress: string): string {
      const consumerId = queriedConsumer(id);
      const address = queriedAddress(addresses.consensus, providerAddress, "invalid provider address");
      assertActive(ctx, consumerId);
      const rate = state.commissionRates.get(ctx, [consumerId, address]);
      if (rate !== undefined) return rate.toWire();
      const validator = staking.validatorByConsAddr(ctx, address);
      if (validator === undefined) throw invalidArgument(`unknown validator: ${text(address)}`);
      return validator.commission.rate.toWire();
    },

    validators(ctx: Context, id: string): QueryConsumerValidatorsValidator[] {
      const consumerId = queriedConsumer(id);
      return currentSet(ctx, consumerId).flatMap((member) => describe(ctx, consumerId, member) ?? []);
    },
  };
}
