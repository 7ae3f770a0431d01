/** Punishing what consensus reports (SDK x/evidence `keeper/infraction.go`). */
import { durationToNs, timestampToNs } from "@tandem-ics/proto";
import {
  type AddressCodecs,
  assert,
  bytesKey,
  type Context,
  type KeyedMap,
  map,
  proto,
} from "@tandem-ics/runtime";
import type { Equivocation } from "cosmjs-types/cosmos/evidence/v1beta1/evidence";
import { BondStatus, Infraction } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { Any } from "cosmjs-types/google/protobuf/any";
import { type Misbehavior, MisbehaviorType } from "cosmjs-types/tendermint/abci/types";
import type { SlashingKeeper } from "../slashing/keeper.ts";
import { equivocationHash, equivocationOf, packEquivocation } from "./equivocation.ts";

/** Store of the module. */
export const EVIDENCE_STORE = "evidence";

/** What evidence needs of whoever knows the validators: the staking keeper, or the CCV keeper of a consumer. */
export interface EvidenceStaking {
  validatorByConsAddr(
    ctx: Context,
    consAddr: Uint8Array,
  ):
    | {
        /** Empty where operators are not known. */
        readonly operator: Uint8Array;
        readonly jailed: boolean;
        readonly status: BondStatus;
      }
    | undefined;
}

/** What evidence needs of slashing. */
export type EvidenceSlashing = Pick<
  SlashingKeeper,
  | "hasPublicKey"
  | "signingInfo"
  | "isTombstoned"
  | "slashFractionDoubleSign"
  | "slashWithInfractionReason"
  | "jail"
  | "jailUntil"
  | "tombstone"
>;

/** What evidence is made with. */
export interface EvidenceKeeperOptions {
  readonly addresses: AddressCodecs;
  readonly staking: EvidenceStaking;
  readonly slashing: EvidenceSlashing;
}

/** Evidence, as other modules see it. */
export interface EvidenceKeeper {
  /** Evidence by hash, packed. */
  readonly stored: KeyedMap<Uint8Array, Any>;
  /** Slashes, jails and tombstones for a double sign that is not too old; otherwise ignores it. */
  handleEquivocation(ctx: Context, equivocation: Equivocation): void;
  /** Handles what consensus reported with this block. */
  handleMisbehavior(ctx: Context, misbehavior: Misbehavior): void;
}

/** End of time for the jailed: 9999-12-31T23:59:59Z. */
export const DOUBLE_SIGN_JAIL_END_NS = 253_402_300_799_000_000_000n;
/** Updates of the validator set are in force one block after they are returned. */
const VALIDATOR_UPDATE_DELAY = 1n;

/** Makes the keeper. */
export function createEvidenceKeeper({
  addresses,
  staking,
  slashing,
}: EvidenceKeeperOptions): EvidenceKeeper {
  const stored = map(EVIDENCE_STORE, Uint8Array.of(0x00), bytesKey, proto(Any));

  /** Too old by time and by height: the stake may have left already. */
  function isStale(ctx: Context, { height, time }: Equivocation): boolean {
    const limits = ctx.consensusParams?.evidence;
    if (limits === undefined) return false;
    const age = ctx.timeNs - timestampToNs(time);
    return age > durationToNs(limits.maxAgeDuration) && ctx.height - height > limits.maxAgeNumBlocks;
  }

  function handleEquivocation(ctx: Context, equivocation: Equivocation): void {
    const consAddr = addresses.consensus.decode(equivocation.consensusAddress);
    const validator = staking.validatorByConsAddr(ctx, consAddr);
    if (validator === undefined || validator.status === BondStatus.BOND_STATUS_UNBONDED) return;
    // a validator that was removed meanwhile has left no key
    if (validator.operator.length > 0 && !slashing.hasPublicKey(ctx, consAddr)) return;
    if (isStale(ctx, equivocation)) return;
    assert(
      slashing.signingInfo(ctx, consAddr) !== undefined,
      `expected signing info for validator ${equivocation.consensusAddress} but not found`,
    );
    if (slashing.isTombstoned(ctx, consAddr)) return;
    slashing.slashWithInfractionReason(
      ctx,
      consAddr,
      slashing.slashFractionDoubleSign(ctx),
      equivocation.power,
      equivocation.height - VALIDATOR_UPDATE_DELAY,
      Infraction.INFRACTION_DOUBLE_SIGN,
    );
    if (!validator.jailed) slashing.jail(ctx, consAddr);
    slashing.jailUntil(ctx, consAddr, DOUBLE_SIGN_JAIL_END_NS);
    slashing.tombstone(ctx, consAddr);
    stored.set(ctx, equivocationHash(equivocation), packEquivocation(equivocation));
  }

  return {
    stored,
    handleEquivocation,
    handleMisbehavior(ctx, misbehavior) {
      const { type } = misbehavior;
      if (type !== MisbehaviorType.DUPLICATE_VOTE && type !== MisbehaviorType.LIGHT_CLIENT_ATTACK) return;
      handleEquivocation(ctx, equivocationOf(misbehavior, addresses.consensus));
    },
  };
}
