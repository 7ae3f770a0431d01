/** The consumer's validators as the provider dictates them (ICS-28; interchain-security `validators.go`). */
import { concatBytes, EMPTY } from "@tandem-ics/crypto";
import { publicKeyToAny } from "@tandem-ics/modules";
import { type CrossChainValidator, nsToTimestamp } from "@tandem-ics/proto";
import type { AddressCodecs, Context } from "@tandem-ics/runtime";
import { BondStatus, HistoricalInfo, Validator } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import { Header } from "cosmjs-types/tendermint/types/types";
import { consAddressOfKey } from "../types/addresses.ts";
import { publicKeyFromAny } from "../types/public-keys.ts";
import type { ConsumerSlashing } from "./expected-keepers.ts";
import { consumerParams } from "./params.ts";
import * as state from "./state.ts";

/** Tokens that stand for one unit of power in historical infos. */
const POWER_REDUCTION = 1_000_000n;

/**
 * Applies updates; returns those for the consensus engine. The removal of a validator that is not there is dropped, since
 * the engine would refuse it. A validator that is new starts without a record of downtime.
 */
export function applyUpdates(
  ctx: Context,
  slashing: ConsumerSlashing,
  updates: readonly ValidatorUpdate[],
): ValidatorUpdate[] {
  const forwarded: ValidatorUpdate[] = [];
  for (const update of updates) {
    const key = update.pubKey!;
    const address = consAddressOfKey(key);
    const current = state.validators.get(ctx, address);
    if (current !== undefined) {
      if (update.power < 1n) state.validators.remove(ctx, address);
      else state.validators.set(ctx, address, { ...current, power: update.power });
    } else if (update.power > 0n) {
      const pubkey = publicKeyToAny(key);
      state.validators.set(ctx, address, { address, power: update.power, pubkey, optedOut: false });
      slashing.afterValidatorBonded(ctx, address, EMPTY);
      state.outstandingDowntime.remove(ctx, address);
    } else continue;
    forwarded.push(update);
  }
  return forwarded;
}

/** The current set as updates from nothing, by address. */
export const currentSet = (ctx: Context): ValidatorUpdate[] =>
  state.validators.values(ctx).map(({ pubkey, power }) => ({ pubKey: publicKeyFromAny(pubkey!), power }));

/** Headers of past blocks with their validators, for who wants to look them up. */
export function createHistory(addresses: AddressCodecs) {
  // The set is the same for many blocks; rows come from the store as the same objects then.
  let last: { readonly members: readonly CrossChainValidator[]; readonly bytes: Uint8Array } | undefined;

  const encodeMember = ({ address, power, pubkey }: CrossChainValidator): Validator =>
    Validator.fromPartial({
      operatorAddress: addresses.validator.encode(address),
      consensusPubkey: pubkey!,
      status: BondStatus.BOND_STATUS_BONDED,
      tokens: (power * POWER_REDUCTION).toString(),
      delegatorShares: "0",
      // 1970, as new validators have it; without it the codec writes the year 1
      unbondingTime: { seconds: 0n, nanos: 0 },
      commission: { commissionRates: { rate: "0", maxRate: "0", maxChangeRate: "0" } },
      minSelfDelegation: "1",
    });

  function encodeMembers(members: readonly CrossChainValidator[]): Uint8Array {
    if (last?.members.length === members.length && members.every((member, i) => member === last!.members[i]))
      return last.bytes;
    const strongestFirst = [...members].sort((a, b) => (a.power > b.power ? -1 : a.power < b.power ? 1 : 0));
    const bytes = HistoricalInfo.encode(
      HistoricalInfo.fromPartial({ valset: strongestFirst.map(encodeMember) }),
    ).finish();
    // The header is always written, as an empty field 1, in front: it is cut off to be replaced.
    last = { members, bytes: bytes.slice(headerLength(bytes)) };
    return last.bytes;
  }

  return {
    /** Keeps this block's header and set; forgets those older than the parameters say. */
    track(ctx: Context): void {
      const { historicalEntries } = consumerParams(ctx);
      for (let height = ctx.height - historicalEntries; height >= 0n; height--) {
        if (!state.historicalInfos.has(ctx, height)) break;
        state.historicalInfos.remove(ctx, height);
      }
      const header = Header.fromPartial({
        chainId: ctx.chainId,
        height: ctx.height,
        time: nsToTimestamp(ctx.timeNs),
        appHash: ctx.block.appHash,
        nextValidatorsHash: ctx.block.nextValidatorsHash,
        proposerAddress: ctx.block.proposerAddress,
      });
      const head = HistoricalInfo.encode({ header, valset: [] }).finish();
      state.historicalInfos.set(
        ctx,
        ctx.height,
        concatBytes(head, encodeMembers(state.validators.values(ctx))),
      );
    },

    /** Header and set of a past block. */
    at(ctx: Context, height: bigint): HistoricalInfo | undefined {
      const bytes = state.historicalInfos.get(ctx, height);
      return bytes === undefined ? undefined : HistoricalInfo.decode(bytes);
    },
  };
}

/** Bytes of field 1, if the message starts with it. */
function headerLength(bytes: Uint8Array): number {
  if (bytes[0] !== 0x0a) return 0;
  let length = 0;
  let shift = 0;
  let at = 1;
  for (;;) {
    const byte = bytes[at++]!;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + length;
    shift += 7;
  }
}

/** See {@link createHistory}. */
export type History = ReturnType<typeof createHistory>;
