/** The slashing keeper: liveness, jail times and tombstones. */
import type { AddressCodecs, Context, Dec } from "@tandem-ics/runtime";
import { Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import type { BlockIDFlag } from "cosmjs-types/tendermint/types/validator";
import { consensusAddress, publicKeyToAny } from "../consensus-key.ts";
import type { SlashingParts, SlashingStaking } from "./dependencies.ts";
import { slashingErrors } from "./errors.ts";
import { createLiveness } from "./liveness.ts";
import { createMissedBlocks } from "./missed-blocks.ts";
import { assertSlashingParams, minSignedBlocks, type SlashingParams } from "./params.ts";
import { createSlashingState, type SigningInfo } from "./state.ts";

/** What slashing is made with. */
export interface SlashingKeeperOptions {
  readonly addresses: AddressCodecs;
  readonly staking: SlashingStaking;
}

/** Slashing, as other modules see it. `consAddr` is a consensus address. */
export interface SlashingKeeper {
  params(ctx: Context): SlashingParams;
  /** Throws `undefined/1` for invalid ones. */
  setParams(ctx: Context, params: SlashingParams): void;
  signedBlocksWindow(ctx: Context): bigint;
  /** Blocks of a window that must be signed. */
  minSignedPerWindow(ctx: Context): bigint;
  downtimeJailDurationNs(ctx: Context): bigint;
  slashFractionDoubleSign(ctx: Context): Dec;
  slashFractionDowntime(ctx: Context): Dec;
  /** Counts a vote of the last block, and punishes too many misses. */
  handleValidatorSignature(ctx: Context, consAddr: Uint8Array, power: bigint, flag: BlockIDFlag): void;
  signingInfo(ctx: Context, consAddr: Uint8Array): SigningInfo | undefined;
  setSigningInfo(ctx: Context, consAddr: Uint8Array, info: SigningInfo): void;
  /** By consensus address. */
  signingInfos(ctx: Context): Iterable<readonly [Uint8Array, SigningInfo]>;
  /** Indexes within the window, ascending. */
  missedBlocks(ctx: Context, consAddr: Uint8Array): bigint[];
  /** Forgets all misses. */
  deleteMissedBlocks(ctx: Context, consAddr: Uint8Array): void;
  /** Throws `slashing/8` without signing info. */
  jailUntil(ctx: Context, consAddr: Uint8Array, timeNs: bigint): void;
  /** For ever. Throws `slashing/8` without signing info, `slashing/9` when done already. */
  tombstone(ctx: Context, consAddr: Uint8Array): void;
  /** False for a validator without signing info. */
  isTombstoned(ctx: Context, consAddr: Uint8Array): boolean;
  /** Slashes for `infraction` at `height` and tells of it. */
  slashWithInfractionReason(
    ctx: Context,
    consAddr: Uint8Array,
    fraction: Dec,
    power: bigint,
    height: bigint,
    infraction: Infraction,
  ): void;
  /** Jails and tells of it. */
  jail(ctx: Context, consAddr: Uint8Array): void;
  /** Begins to watch a validator, or again; staking's hook, and what a consumer calls for new validators. */
  afterValidatorBonded(ctx: Context, consAddr: Uint8Array): void;
  /** Remembers a key by its address. */
  addPublicKey(ctx: Context, key: PublicKey): void;
  removePublicKey(ctx: Context, consAddr: Uint8Array): void;
  hasPublicKey(ctx: Context, consAddr: Uint8Array): boolean;
}

/** The keeper and the parts that only this module's messages, queries and genesis may use. */
export interface SlashingParty {
  readonly keeper: SlashingKeeper;
  readonly parts: SlashingParts;
  /** Counts all votes of the last block. */
  readonly handleVotes: (ctx: Context) => void;
}

const REASONS: Partial<Record<Infraction, string>> = {
  [Infraction.INFRACTION_DOUBLE_SIGN]: "double_sign",
  [Infraction.INFRACTION_DOWNTIME]: "missing_signature",
};

/** Puts the keeper together. */
export function createSlashingKeeper(options: SlashingKeeperOptions): SlashingParty {
  const { addresses, staking } = options;
  const state = createSlashingState();
  const missedBlocks = createMissedBlocks();
  const parts: SlashingParts = { addresses, staking, state, missedBlocks };
  const handleVote = createLiveness(parts);
  const params = (ctx: Context): SlashingParams => state.params.require(ctx);
  const { signingInfos, publicKeys } = state;
  const text = (consAddr: Uint8Array): string => addresses.consensus.encode(consAddr);

  function requireInfo(ctx: Context, consAddr: Uint8Array, act: string): SigningInfo {
    const info = signingInfos.get(ctx, consAddr);
    if (info !== undefined) return info;
    throw slashingErrors.noSigningInfo(
      `cannot ${act} validator with consensus address ${text(consAddr)} that does not have any signing information`,
    );
  }

  const keeper: SlashingKeeper = {
    params,
    setParams(ctx, changed) {
      assertSlashingParams(changed);
      state.params.set(ctx, changed);
    },
    signedBlocksWindow: (ctx) => params(ctx).signedBlocksWindow,
    minSignedPerWindow: (ctx) => minSignedBlocks(params(ctx)),
    downtimeJailDurationNs: (ctx) => params(ctx).downtimeJailDurationNs,
    slashFractionDoubleSign: (ctx) => params(ctx).slashFractionDoubleSign,
    slashFractionDowntime: (ctx) => params(ctx).slashFractionDowntime,
    handleValidatorSignature: (ctx, consAddr, power, flag) =>
      handleVote(ctx, { consAddr, power, flag }, params(ctx)),
    signingInfo: (ctx, consAddr) => signingInfos.get(ctx, consAddr),
    setSigningInfo: (ctx, consAddr, info) => signingInfos.set(ctx, consAddr, info),
    signingInfos: (ctx) => signingInfos.entries(ctx),
    missedBlocks: missedBlocks.indexes,
    deleteMissedBlocks: missedBlocks.clear,
    jailUntil(ctx, consAddr, timeNs) {
      const info = requireInfo(ctx, consAddr, "jail");
      signingInfos.set(ctx, consAddr, { ...info, jailedUntilNs: timeNs });
    },
    tombstone(ctx, consAddr) {
      const info = requireInfo(ctx, consAddr, "tombstone");
      if (info.tombstoned) {
        throw slashingErrors.validatorTombstoned("cannot tombstone validator that is already tombstoned");
      }
      signingInfos.set(ctx, consAddr, { ...info, tombstoned: true });
    },
    isTombstoned: (ctx, consAddr) => signingInfos.get(ctx, consAddr)?.tombstoned ?? false,
    slashWithInfractionReason(ctx, consAddr, fraction, power, height, infraction) {
      const burned = staking.slashWithInfractionReason(ctx, consAddr, height, power, fraction, infraction);
      ctx.emit("slash", {
        address: text(consAddr),
        power: power.toString(),
        reason: REASONS[infraction] ?? "unspecified",
        burned_coins: burned.toString(),
      });
    },
    jail(ctx, consAddr) {
      staking.jail(ctx, consAddr);
      ctx.emit("slash", { jailed: text(consAddr) });
    },
    afterValidatorBonded(ctx, consAddr) {
      const known = signingInfos.get(ctx, consAddr);
      const fresh: SigningInfo = {
        address: text(consAddr),
        startHeight: ctx.height,
        indexOffset: 0n,
        jailedUntilNs: 0n,
        tombstoned: false,
        missedBlocksCounter: 0n,
      };
      const info = known === undefined ? fresh : { ...known, startHeight: ctx.height };
      signingInfos.set(ctx, consAddr, info);
    },
    addPublicKey: (ctx, key) => publicKeys.set(ctx, consensusAddress(key), publicKeyToAny(key)),
    removePublicKey: (ctx, consAddr) => publicKeys.remove(ctx, consAddr),
    hasPublicKey: (ctx, consAddr) => publicKeys.has(ctx, consAddr),
  };

  return {
    keeper,
    parts,
    handleVotes(ctx) {
      const { votes } = ctx.block.lastCommit;
      if (votes.length === 0) return;
      const current = params(ctx);
      for (const { validator, blockIdFlag: flag } of votes) {
        handleVote(ctx, { consAddr: validator.address, power: validator.power, flag }, current);
      }
    },
  };
}
