/** One validator of a set (CometBFT `types/validator.go`). */
import { compareBytes, concatBytes, equalBytes } from "@tandem-ics/crypto";
import type { ValidatorUpdate } from "cosmjs-types/tendermint/abci/types";
import type { PublicKey } from "cosmjs-types/tendermint/crypto/keys";
import type { Validator as ProtoValidator } from "cosmjs-types/tendermint/types/validator";
import { CometError, within } from "./errors.ts";
import { messageField, varintField } from "./proto-bytes.ts";
import { encodePublicKey, publicKeyAddress, publicKeyType } from "./public-key.ts";

/** A validator at some height. A frozen value; the address is that of the key. */
export interface Validator {
  readonly address: Uint8Array;
  readonly pubKey: PublicKey;
  readonly votingPower: bigint;
  readonly proposerPriority: bigint;
}

/** The validator with this key, its address derived. @throws CometError `invalidPublicKey`. */
export const makeValidator = (pubKey: PublicKey, votingPower: bigint, proposerPriority = 0n): Validator =>
  Object.freeze({ address: publicKeyAddress(pubKey), pubKey, votingPower, proposerPriority });

/** Key, power and address fit (`Validator.ValidateBasic`). @throws CometError `invalidValidator`, `invalidPublicKey`. */
export function validateValidatorBasic(validator: Validator): void {
  if (validator.votingPower < 0n)
    throw new CometError("invalidValidator", "validator has negative voting power", {
      votingPower: validator.votingPower,
    });
  if (!equalBytes(validator.address, publicKeyAddress(validator.pubKey)))
    throw new CometError("invalidValidator", "validator's address is not that of its key", {
      address: validator.address,
    });
}

/** `SimpleValidator{1 pub_key, 2 voting_power}` bytes: the leaf of a validator set's hash. */
export const simpleValidatorBytes = (validator: Pick<Validator, "pubKey" | "votingPower">): Uint8Array =>
  concatBytes(messageField(1, encodePublicKey(validator.pubKey)), varintField(2, validator.votingPower));

/** A frozen validator with the same content. @throws CometError `invalidValidator` (cause: the key). */
export function validatorFromProto(proto: ProtoValidator | undefined): Validator {
  if (proto === undefined) throw new CometError("invalidValidator", "validator is missing");
  const { address, pubKey, votingPower, proposerPriority } = proto;
  within("invalidValidator", "validator", () => validateValidatorBasic(proto));
  return Object.freeze({ address, pubKey, votingPower, proposerPriority });
}

/** Protobuf form. */
export const validatorToProto = ({
  address,
  pubKey,
  votingPower,
  proposerPriority,
}: Validator): ProtoValidator => ({
  address,
  pubKey,
  votingPower,
  proposerPriority,
});

/** Order of a set: greater power first, then lower address. */
export const byPowerThenAddress = (a: Validator, b: Validator): number =>
  a.votingPower === b.votingPower
    ? compareBytes(a.address, b.address)
    : a.votingPower > b.votingPower
      ? -1
      : 1;

/**
 * What an application's updates ask for, as changes of a set: power 0 removes. Keys that are removed may be of any type.
 * @throws CometError `negativeVotingPower`, `invalidPublicKey`, `keyTypeNotAllowed` (against `pubKeyTypes` if given).
 */
export function validatorUpdatesToValidators(
  updates: readonly ValidatorUpdate[],
  pubKeyTypes?: readonly string[],
): Validator[] {
  return updates.map(({ pubKey, power }) => {
    if (power < 0n)
      throw new CometError("negativeVotingPower", `voting power ${power} is negative`, { power });
    const type = publicKeyType(pubKey);
    if (power > 0n && pubKeyTypes !== undefined && !pubKeyTypes.includes(type))
      throw new CometError("keyTypeNotAllowed", `consensus parameters do not allow ${type} keys`, { type });
    return makeValidator(pubKey, power);
  });
}

/** The updates that make a set out of nothing. */
export const validatorsToUpdates = (validators: readonly Validator[]): ValidatorUpdate[] =>
  validators.map(({ pubKey, votingPower }) => ({ pubKey, power: votingPower }));
