/**
 * Keys that validators use on consumers. Each row of table A is the address of some row of table K or waits in table P:
 * an old address stays known until nobody can be slashed under it any more.
 */
import { equalBytes, fromBase64 } from "@tandem-ics/crypto";
import { stakingErrors } from "@tandem-ics/modules";
import { isJsonObject, parseJson } from "@tandem-ics/proto";
import { type Context, plainError } from "@tandem-ics/runtime";
import { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import { type ConsumerConsAddress, consAddressOfKey, type ProviderConsAddress } from "../types/addresses.ts";
import { checkProto } from "../types/proto-refusal.ts";
import { ED25519_TYPE_URL } from "../types/public-keys.ts";
import { TransactionAbort } from "../types/refusals.ts";
import { allConsumerIds, isActive, isLaunched } from "./consumers.ts";
import { providerErrors } from "./errors.ts";
import type { ProviderDeps, StakingValidator } from "./expected-keepers.ts";
import * as state from "./state.ts";

const ED25519_KEY_BYTES = 32;

/** Type and base64 text of a key's JSON `{"@type","key"}`. Throws an untyped refusal for other text. */
export function parseKeyJson(text: string): { type: string; key: string } {
  const json = checkProto("consumer key", () => parseJson(text));
  if (json === null) return { type: "", key: "" };
  if (!isJsonObject(json)) throw plainError("consumer key is no JSON object");
  const fields = { type: "", key: "" };
  // Go matches the names of a struct's fields in any case.
  for (const [name, value] of Object.entries(json)) {
    const field = name.toLowerCase() === "@type" ? "type" : name.toLowerCase() === "key" ? "key" : undefined;
    if (field === undefined || value === null) continue;
    if (typeof value !== "string") throw plainError(`consumer key: ${name} is no string`);
    fields[field] = value;
  }
  return fields;
}

/** Bytes of a key's base64, in which Go passes over line ends. Throws an untyped refusal for other text. */
export function decodeKey(base64: string): Uint8Array {
  try {
    return fromBase64(base64.replace(/[\r\n]/g, ""));
  } catch (cause) {
    throw plainError("consumer key is no base64", { cause });
  }
}

/** Assigning, translating and forgetting keys. */
export function createKeyAssignment({ staking }: Pick<ProviderDeps, "staking">) {
  /** Reads a key text, of any length. Throws `staking/6` unless it is Ed25519. */
  function parse(text: string): PublicKey {
    const { type, key } = parseKeyJson(text);
    if (type !== ED25519_TYPE_URL)
      throw stakingErrors.validatorPubKeyTypeNotSupported(`got: ${type}, expected: ${ED25519_TYPE_URL}`);
    return PublicKey.fromPartial({ ed25519: decodeKey(key) });
  }

  /** Throws `provider/10` or `provider/11` unless the validator may take the key that has this address. */
  function assertFree(
    ctx: Context,
    consumerId: string,
    validator: StakingValidator,
    address: ConsumerConsAddress,
  ): void {
    const holder = staking.validatorByConsAddr(ctx, address);
    if (holder !== undefined) {
      if (!equalBytes(holder.operator, validator.operator))
        throw providerErrors.consumerKeyInUse("a different validator already uses the consumer key");
      if (state.consumerKeys.get(ctx, [consumerId, validator.consAddress]) === undefined)
        throw providerErrors.cannotAssignDefaultKey(
          "a validator cannot assign the default key assignment unless its key on that consumer has already been assigned",
        );
    }
    if (state.providerAddresses.get(ctx, [consumerId, address]) !== undefined)
      throw providerErrors.consumerKeyInUse("a validator has or had assigned this consumer key already");
  }

  /**
   * Assigns `key` on a consumer. Before launch the old key is free at once; afterwards when the unbonding period is over.
   * Throws `provider/27` unless the consumer is active, what {@link assertFree} throws, and aborts the transaction for a
   * key of the wrong length.
   */
  function assign(ctx: Context, consumerId: string, validator: StakingValidator, key: PublicKey): void {
    if (!isActive(ctx, consumerId))
      throw providerErrors.invalidPhase(
        `cannot assign a key to a consumer chain that is not in the registered, initialized, or launched phase: ${consumerId}`,
      );
    // Go takes the address of the key, whatever its length, and panics.
    if (key.ed25519?.length !== ED25519_KEY_BYTES) throw new TransactionAbort("pubkey is incorrect size");
    const address = consAddressOfKey(key);
    assertFree(ctx, consumerId, validator, address);
    const row = [consumerId, validator.consAddress] as const;
    const oldKey = state.consumerKeys.get(ctx, row);
    if (oldKey !== undefined) {
      const oldAddress = consAddressOfKey(oldKey);
      if (isLaunched(ctx, consumerId))
        appendToPrune(ctx, consumerId, ctx.timeNs + staking.unbondingTimeNs(ctx), oldAddress);
      else state.providerAddresses.remove(ctx, [consumerId, oldAddress]);
    }
    state.consumerKeys.set(ctx, row, key);
    state.providerAddresses.set(ctx, [consumerId, address], validator.consAddress);
  }

  /** Refuses, by aborting the transaction, a new validator whose key some consumer knows as an assigned one. */
  function afterValidatorCreated(ctx: Context, operator: Uint8Array): void {
    const validator = staking.validator(ctx, operator);
    if (validator === undefined) throw new TransactionAbort("the new validator is not in the staking module");
    // All phases are read before the first key: that is gas.
    for (const consumerId of allConsumerIds(ctx).filter((id) => isActive(ctx, id)))
      if (state.providerAddresses.get(ctx, [consumerId, validator.consAddress]) !== undefined)
        throw new TransactionAbort(
          "cannot create a validator with a consensus key that is or was recently in use as an assigned consumer key",
        );
  }

  return { parse, assign, afterValidatorCreated };
}

/** See {@link createKeyAssignment}. */
export type KeyAssignment = ReturnType<typeof createKeyAssignment>;

/** Lets table A forget an address at a time. */
export function appendToPrune(ctx: Context, consumerId: string, timeNs: bigint, address: Uint8Array): void {
  const row = [consumerId, timeNs] as const;
  const { addresses } = state.addressesToPrune.get(ctx, row) ?? { addresses: [] };
  state.addressesToPrune.set(ctx, row, { addresses: [...addresses, address] });
}

/** Provider address behind a consumer's address: itself unless a key was assigned. */
export const toProviderAddress = (
  ctx: Context,
  consumerId: string,
  address: ConsumerConsAddress,
): ProviderConsAddress => state.providerAddresses.get(ctx, [consumerId, address]) ?? address;

/** Forgets the old addresses of a consumer that are due at the block's time. */
export function pruneAddresses(ctx: Context, consumerId: string): void {
  for (const [row, { addresses }] of state.addressesToPrune.entries(ctx, {
    prefix: state.consumerPrefix(consumerId),
  })) {
    if (row[1] > ctx.timeNs) return;
    state.addressesToPrune.remove(ctx, row);
    for (const address of addresses) state.providerAddresses.remove(ctx, [consumerId, address]);
  }
}

/** Forgets every key of a consumer. */
export function removeKeys(ctx: Context, consumerId: string): void {
  const range = { prefix: state.consumerPrefix(consumerId) };
  state.consumerKeys.clear(ctx, range);
  state.providerAddresses.clear(ctx, range);
  state.addressesToPrune.clear(ctx, range);
}

/** Forgets the keys of a validator that left staking, on every consumer; addresses that wait to be pruned stay. */
export function afterValidatorRemoved(ctx: Context, address: ProviderConsAddress): void {
  for (const [row, key] of [...state.consumerKeys.entries(ctx)]) {
    if (!equalBytes(row[1], address)) continue;
    state.providerAddresses.remove(ctx, [row[0], consAddressOfKey(key)]);
    state.consumerKeys.remove(ctx, row);
  }
}
