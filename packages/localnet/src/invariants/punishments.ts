/**
 * Punishments on the provider: one for a double sign on whatever chain (QA matrix of interchain-security, 4.06), one
 * jailing until the validator comes back (4.07), and never more than the slash meter allows (ADR-002).
 */
import { ed25519Address, toHex } from "@tandem-ics/crypto";
import { timestampToNs } from "@tandem-ics/proto";
import { createAddressCodecs, decodeBech32 } from "@tandem-ics/runtime";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import {
  attributeOf,
  eventsOf,
  type ObservedBlock,
  type ObservedChain,
  type Report,
  type Watcher,
} from "./observed.ts";
import { EVERYTHING, SIGNING_INFO, THROTTLE_STATE, VALIDATORS } from "./questions.ts";

/** Base units of one unit of voting power on networks of this program. */
const POWER_REDUCTION = 1_000_000n;
/** Stake of a share, in parts of this, may fall by one part through rounding: less than any slash that is one. */
const RATE_SCALE = 1_000_000_000n;
const ED25519 = "/cosmos.crypto.ed25519.PubKey";

/** A validator of the staking module. */
interface Staked {
  /** Consensus address, bech32. */
  readonly address: string;
  readonly jailed: boolean;
  /** What staking counts of it. */
  readonly power: bigint;
  /** Stake of a share × {@link RATE_SCALE}; undefined without shares. */
  readonly rate: bigint | undefined;
}
type Validators = ReadonlyMap<string, Staked>;

const keyOfAddress = (bech32: string): string => toHex(decodeBech32(bech32)?.bytes ?? new Uint8Array());

/** Validators by consensus address (hex) as they were at a height; 0 for the last. */
function validatorsAt(provider: ObservedChain, height: bigint): Validators {
  const { validators } = provider.ask(VALIDATORS, { status: "", ...EVERYTHING }, height);
  const found = new Map<string, Staked>();
  for (const { consensusPubkey, jailed, status, tokens, delegatorShares, operatorAddress } of validators) {
    if (consensusPubkey?.typeUrl !== ED25519) continue;
    const bytes = ed25519Address(PubKey.decode(consensusPubkey.value).key);
    const prefix = operatorAddress.slice(0, operatorAddress.indexOf("valoper1"));
    const shares = BigInt(delegatorShares);
    found.set(toHex(bytes), {
      address: createAddressCodecs(prefix).consensus.encode(bytes),
      jailed,
      power: status === BondStatus.BOND_STATUS_BONDED ? BigInt(tokens) / POWER_REDUCTION : 0n,
      rate: shares === 0n ? undefined : (BigInt(tokens) * 10n ** 18n * RATE_SCALE) / shares,
    });
  }
  return found;
}

function signingInfo(provider: ObservedChain, address: string, height?: bigint) {
  const { valSigningInfo } = provider.ask(SIGNING_INFO, { consAddress: address }, height);
  return { tombstoned: valSigningInfo.tombstoned, jailedUntilNs: timestampToNs(valSigningInfo.jailedUntil) };
}

/** What a block says of punishments. */
interface Punished {
  /** Consensus addresses (hex) reported for downtime, in the order of the events. */
  readonly downtime: readonly string[];
  /** Whether somebody was punished for a double sign, by evidence of the provider or of a consumer. */
  readonly doubleSign: boolean;
  readonly unjailing: boolean;
}

function punishedIn(block: ObservedBlock): Punished {
  const downtime: string[] = [];
  let doubleSign = false;
  let unjailing = false;
  for (const event of eventsOf(block)) {
    const { type } = event;
    if (type === "execute_consumer_chain_slash")
      downtime.push(keyOfAddress(attributeOf(event, "validator_address")));
    doubleSign ||=
      type === "submit_consumer_double_voting" ||
      type === "submit_consumer_misbehaviour" ||
      (type === "slash" && attributeOf(event, "reason") === "double_sign");
    unjailing ||= type === "message" && attributeOf(event, "action").endsWith(".MsgUnjail");
  }
  return { downtime, doubleSign, unjailing };
}

/** Who was tombstoned before the block has lost nothing of its stake in it. */
function checkDoubleSigns({ chain, height }: ObservedBlock, before: Validators, report: Report): void {
  const after = validatorsAt(chain, 0n);
  for (const [key, { address, jailed, rate }] of before) {
    const now = after.get(key)?.rate;
    if (!jailed || rate === undefined || now === undefined || now >= rate - 1n) continue;
    if (signingInfo(chain, address, height - 1n).tombstoned)
      report(
        "OneSlashPerDoubleSign",
        `${address}, which was punished for a double sign, to keep ${rate} parts of ${RATE_SCALE} of stake a share`,
        `${now} parts`,
      );
  }
}

/** Who was jailed before the block stays so until the same time, whatever is reported. */
function checkJailings(
  { chain, height }: ObservedBlock,
  { downtime }: Punished,
  before: Validators,
  report: Report,
): void {
  for (const key of downtime) {
    const { jailed = false, address = "" } = before.get(key) ?? {};
    if (!jailed) continue;
    const was = signingInfo(chain, address, height - 1n).jailedUntilNs;
    const now = signingInfo(chain, address).jailedUntilNs;
    if (now !== was)
      report("OneJailingPerDowntime", `${address}, jailed already, until ${was}`, `jailed until ${now}`);
  }
}

/** Makes the watcher. */
export function createPunishmentWatcher(): Watcher {
  let meter: { readonly value: bigint; readonly allowance: bigint; readonly candidateNs: bigint } | undefined;

  function checkMeter(
    block: ObservedBlock,
    { downtime }: Punished,
    before: Validators | undefined,
    report: Report,
  ): void {
    const now = block.chain.ask(THROTTLE_STATE);
    const last = meter;
    const candidateNs = timestampToNs(now.nextReplenishCandidate);
    meter = { value: now.slashMeter, allowance: now.slashMeterAllowance, candidateNs };
    if (last === undefined) return;
    // The block began with a replenishment, by the power and the parameters that the one before left.
    const filled = block.timeNs >= last.candidateNs ? last.value + last.allowance : last.value;
    let left = filled > last.allowance ? last.allowance : filled;
    for (const key of new Set(downtime)) {
      const { jailed = true, power = 0n, address = key } = before?.get(key) ?? {};
      if (jailed || power === 0n) continue;
      if (left < 0n)
        report("MeterAllowsItsFraction", `a slash meter of 0 or more when ${address} is jailed`, `${left}`);
      left -= power;
    }
    if (now.slashMeter > left)
      report("MeterAllowsItsFraction", `a slash meter of at most ${left}`, `${now.slashMeter}`);
  }

  return (block, report) => {
    const { chain, height } = block;
    if (chain.role !== "provider") return;
    const punished = punishedIn(block);
    const anybody = punished.doubleSign || punished.downtime.length > 0;
    const before = anybody && height > 1n ? validatorsAt(chain, height - 1n) : undefined;
    if (before !== undefined) {
      if (punished.doubleSign) checkDoubleSigns(block, before, report);
      // A block that unjails, or punishes worse, may set another time.
      else if (!punished.unjailing) checkJailings(block, punished, before, report);
    }
    checkMeter(block, punished, before, report);
  };
}
