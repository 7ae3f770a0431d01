/**
 * A conflicting header, really signed: what validators of a consumer would show to a light client. For rehearsals with
 * keys that one has; a few of these signatures are all that it takes to have the signers slashed and tombstoned.
 */
import {
  absentCommitSig,
  BLOCK_ID_FLAG,
  type CompleteSignedHeader,
  commitVoteSignBytes,
  completeSignedHeader,
  existingValidatorSet,
  headerHash,
  type Validator,
  validatorSetFromProto,
  validatorSetHash,
  validatorSetToProto,
} from "@tandem-ics/comet";
import { ed25519Address, ed25519PublicKey, ed25519Sign, equalBytes, sha256, utf8 } from "@tandem-ics/crypto";
import type { Header as ClientHeader } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import type { Commit, CommitSig } from "cosmjs-types/tendermint/types/types";
import { ClientError } from "../errors.ts";
import type { AttackKind } from "./light-client-attack.ts";

/** Power of attackers, and what they need more than. */
export interface AttackPower {
  readonly attackers: bigint;
  readonly total: bigint;
  /** Attackers must hold more than this part of `total`. */
  readonly needed: "1/3" | "2/3";
  readonly enough: boolean;
}

/**
 * Whether validators with these keys (32-byte Ed25519 seeds) can make such an attack on clients that trust `set`. A lunatic
 * header names validators of the attackers' own choice: a third that the client trusts is enough. Other headers are of
 * the real validators, two thirds of whom must sign.
 */
export function attackPower(
  kind: AttackKind,
  set: readonly Validator[],
  seeds: readonly Uint8Array[],
): AttackPower {
  const total = set.reduce((sum, v) => sum + v.votingPower, 0n);
  const attackers = attackersOf(set, seeds).reduce((sum, { validator }) => sum + validator.votingPower, 0n);
  const lunatic = kind === "lunatic";
  return {
    attackers,
    total,
    needed: lunatic ? "1/3" : "2/3",
    enough: attackers * 3n > total * (lunatic ? 1n : 2n),
  };
}

function attackersOf(set: readonly Validator[], seeds: readonly Uint8Array[]) {
  return seeds.flatMap((seed) => {
    const address = ed25519Address(ed25519PublicKey(seed));
    const validator = set.find((v) => equalBytes(v.address, address));
    return validator === undefined ? [] : [{ seed, validator }];
  });
}

/**
 * A header that conflicts with `real`, signed with these keys. The same input makes the same header. Trusted height and
 * validators are those of `real`. @throws ClientError `bad-input` when the keys' power does not do.
 */
export function forgeHeader(
  kind: AttackKind,
  real: ClientHeader,
  seeds: readonly Uint8Array[],
): ClientHeader {
  const { header, commit } = completeSignedHeader(real.signedHeader ?? {});
  const realSet = validatorSetFromProto(real.validatorSet);
  const power = attackPower(kind, realSet.validators, seeds);
  if (!power.enough)
    throw new ClientError(
      "bad-input",
      `${power.attackers} of ${power.total} voting power signs; it takes more than ${power.needed}`,
      { chainId: header.chainId },
    );
  const attackers = attackersOf(realSet.validators, seeds);
  const set =
    kind === "lunatic" ? existingValidatorSet(attackers.map(({ validator }) => validator)) : realSet;
  const forged = (what: string): Uint8Array =>
    sha256(utf8(`forged ${what} of ${header.chainId}/${header.height}`));
  const setHash = validatorSetHash(set);
  const conflicting =
    kind === "lunatic"
      ? { ...header, appHash: forged("app hash"), validatorsHash: setHash, nextValidatorsHash: setHash }
      : { ...header, dataHash: forged("data") };
  const unsigned: Commit = {
    height: header.height,
    round: kind === "amnesia" ? commit.round + 1 : commit.round,
    blockId: {
      hash: headerHash(conflicting),
      partSetHeader: { total: 1, hash: forged("parts") },
    },
    signatures: set.validators.map(({ address }) =>
      attackers.some(({ validator }) => equalBytes(validator.address, address))
        ? unsignedSlot(address, { header, commit })
        : absentCommitSig(),
    ),
  };
  const signatures = unsigned.signatures.map((slot, i): CommitSig => {
    const key = attackers.find(({ validator }) => equalBytes(validator.address, slot.validatorAddress));
    if (key === undefined) return slot;
    return { ...slot, signature: ed25519Sign(key.seed, commitVoteSignBytes(header.chainId, unsigned, i)) };
  });
  return {
    ...real,
    signedHeader: { header: conflicting, commit: { ...unsigned, signatures } },
    validatorSet: validatorSetToProto(set),
  };
}

/** The slot of an attacker's vote, cast when its honest one was. */
function unsignedSlot(validatorAddress: Uint8Array, { header, commit }: CompleteSignedHeader): CommitSig {
  const cast = commit.signatures.find((slot) => equalBytes(slot.validatorAddress, validatorAddress));
  return {
    blockIdFlag: BLOCK_ID_FLAG.commit,
    validatorAddress,
    timestamp: cast?.timestamp ?? header.time,
    signature: new Uint8Array(64),
  };
}
