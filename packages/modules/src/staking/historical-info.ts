/** Headers and validator sets of recent heights, for clients that look back (SDK x/staking `keeper/historical_info.go`). */
import { compareBytes, EMPTY } from "@tandem-ics/crypto";
import { BinaryWriter, nsToTimestamp } from "@tandem-ics/proto";
import { type BlockInfo, type Context, proto } from "@tandem-ics/runtime";
import { HistoricalInfo } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { Header } from "cosmjs-types/tendermint/types/types";
import type { StakingParts } from "./dependencies.ts";
import { type Validator, validatorPower, validatorValue } from "./validator.ts";
import type { Validators } from "./validators.ts";

/** Keeps and forgets historical infos. */
export interface HistoricalInfos {
  /** Stores this height's and removes those beyond `historicalEntries`. */
  track(ctx: Context): void;
  get(ctx: Context, height: bigint): HistoricalInfo | undefined;
}

/** What the application knows of the header under execution; the rest is zero, as in the SDK. */
const headerOf = (block: BlockInfo): Header => ({
  version: { block: 0n, app: 0n },
  chainId: block.chainId,
  height: block.height,
  time: nsToTimestamp(block.timeNs),
  lastBlockId: { hash: EMPTY, partSetHeader: { total: 0, hash: EMPTY } },
  lastCommitHash: EMPTY,
  dataHash: EMPTY,
  validatorsHash: EMPTY,
  nextValidatorsHash: block.nextValidatorsHash,
  consensusHash: EMPTY,
  appHash: block.appHash,
  lastResultsHash: EMPTY,
  evidenceHash: EMPTY,
  proposerAddress: block.proposerAddress,
});

/** Makes this part of the keeper. */
export function createHistoricalInfos(parts: StakingParts, validators: Validators): HistoricalInfos {
  const { state, addresses, powerReduction } = parts;
  const { historicalInfos } = state;
  const codec = validatorValue(addresses);
  const encoded = new WeakMap<Validator, Uint8Array>();
  function bytesOf(validator: Validator): Uint8Array {
    let bytes = encoded.get(validator);
    if (bytes === undefined) {
      bytes = codec.encode(validator);
      encoded.set(validator, bytes);
    }
    return bytes;
  }

  /** Protobuf of the info; validators, most of which are as in the block before, are encoded once. */
  function encode(block: BlockInfo, validatorSet: readonly Validator[]): Uint8Array {
    const writer = BinaryWriter.create();
    Header.encode(headerOf(block), writer.uint32(10).fork()).ldelim();
    for (const validator of validatorSet) writer.uint32(18).bytes(bytesOf(validator));
    return writer.finish();
  }

  function prune(ctx: Context, entries: bigint): void {
    // heights are stored without gaps, so that the first absent one ends the search
    for (let height = ctx.height - entries; height >= 0n; height--) {
      if (!historicalInfos.has(ctx, height)) return;
      historicalInfos.remove(ctx, height);
    }
  }

  return {
    track(ctx) {
      const { historicalEntries } = state.params.require(ctx);
      prune(ctx, BigInt(historicalEntries));
      if (historicalEntries === 0) return;
      const power = (validator: Validator): bigint => validatorPower(validator, powerReduction);
      const set = validators.last(ctx).sort((a, b) => {
        const [x, y] = [power(a), power(b)];
        return x === y ? compareBytes(a.consAddress, b.consAddress) : x > y ? -1 : 1;
      });
      historicalInfos.set(ctx, ctx.height, encode(ctx.block, set));
    },
    get(ctx, height) {
      const bytes = historicalInfos.get(ctx, height);
      return bytes === undefined ? undefined : proto(HistoricalInfo).decode(bytes);
    },
  };
}
