/** What messages of the provider must satisfy before any state is looked at (interchain-security `x/ccv/provider/types/msg.go`). */

import { isGoZeroTimestamp, isValidTimestamp, MAX_CHAIN_ID_LENGTH } from "@tandem-ics/comet";
import { isBlank, isZeroHeight, parseRevision } from "@tandem-ics/ibc/24-host";
import type {
  AllowlistedRewardDenoms,
  ConsumerInitializationParameters,
  ConsumerMetadata,
  InfractionParameters,
  MsgAssignConsumerKey,
  MsgChangeRewardDenoms,
  MsgCreateConsumer,
  MsgOptIn,
  MsgOptOut,
  MsgSetConsumerCommissionRate,
  MsgUpdateConsumer,
  PowerShapingParameters,
} from "@tandem-ics/proto";
import { type AddressCodecs, Dec, type ErrorKind, isDenom, plainError } from "@tandem-ics/runtime";
import { addressFromBech32, assertConsumerId } from "../types/addresses.ts";
import { assertRewardDenom } from "../types/denoms.ts";
import { refuseAs } from "../types/errors.ts";
import { isRefusal, TransactionAbort } from "../types/refusals.ts";
import {
  assertFractionText,
  assertOptionalChannelId,
  assertOptionalConnectionId,
  assertPositive,
  assertPositiveDuration,
  assertText,
} from "../types/validation.ts";
import { providerErrors } from "./errors.ts";
import { assertInfractionParams } from "./infraction-params.ts";
import { parseKeyJson } from "./key-assignment.ts";

const MAX_NAME_BYTES = 50;
const MAX_DESCRIPTION_BYTES = 10_000;
const MAX_METADATA_BYTES = 255;
const MAX_HASH_BYTES = 64;
/** Longest allowlist, denylist and prioritylist. */
const MAX_LISTED_VALIDATORS = 1000;
/** Most reward denominations that a consumer lists for itself. */
const MAX_ALLOWLISTED_DENOMS = 3;
/** Chain ids that nobody may take again: chains of the Cosmos Hub that run. */
const RESERVED_CHAIN_IDS: readonly string[] = ["neutron-1", "stride-1"];

/** Throws `provider/44` for a chain id that is blank, longer than CometBFT allows, or reserved; `field` is the message's. */
export function assertChainId(field: string, chainId: string): void {
  const kind = providerErrors.invalidMsgCreateConsumer;
  refuseAs(kind, field, () => assertText(field, chainId, MAX_CHAIN_ID_LENGTH));
  if (RESERVED_CHAIN_IDS.includes(chainId)) throw kind("cannot use a reserved chain id");
  if (parseRevision(chainId) === undefined) throw kind("the revision in the chain id is out of range");
}

/** Throws an untyped refusal unless the height can be the first of a chain with this id. */
export function assertInitialHeight(init: ConsumerInitializationParameters, chainId: string): void {
  if (init.initialHeight.revisionNumber !== parseRevision(chainId))
    throw plainError(
      `chain ID (${chainId}) doesn't match revision number (${init.initialHeight.revisionNumber})`,
    );
}

function assertMetadata({ name, description, metadata }: ConsumerMetadata): void {
  const kind = providerErrors.invalidMetadata;
  refuseAs(kind, "Name", () => assertText("name", name, MAX_NAME_BYTES));
  refuseAs(kind, "Description", () => assertText("description", description, MAX_DESCRIPTION_BYTES));
  refuseAs(kind, "Metadata", () => assertText("metadata", metadata, MAX_METADATA_BYTES));
}

function assertHash(hash: Uint8Array): void {
  if (hash.length > MAX_HASH_BYTES)
    throw plainError(`hash is too long; got: ${hash.length}, max: ${MAX_HASH_BYTES}`);
}

function assertInitialization(init: ConsumerInitializationParameters): void {
  const kind = providerErrors.invalidInitialization;
  const field = (name: string, check: () => void): void => refuseAs(kind, name, check);
  if (isZeroHeight(init.initialHeight)) throw kind("InitialHeight cannot be zero");
  field("GenesisHash", () => assertHash(init.genesisHash));
  field("BinaryHash", () => assertHash(init.binaryHash));
  if (!isGoZeroTimestamp(init.spawnTime) && !isValidTimestamp(init.spawnTime))
    throw kind("SpawnTime is out of range");
  field("ConsumerRedistributionFraction", () => assertFractionText(init.consumerRedistributionFraction));
  field("BlocksPerDistributionTransmission", () => assertPositive(init.blocksPerDistributionTransmission));
  field("DistributionTransmissionChannel", () =>
    assertOptionalChannelId(init.distributionTransmissionChannel),
  );
  field("HistoricalEntries", () => assertPositive(init.historicalEntries));
  field("CcvTimeoutPeriod", () => assertPositiveDuration(init.ccvTimeoutPeriod));
  field("TransferTimeoutPeriod", () => assertPositiveDuration(init.transferTimeoutPeriod));
  field("UnbondingPeriod", () => assertPositiveDuration(init.unbondingPeriod));
  field("ConnectionId", () => assertOptionalConnectionId(init.connectionId));
}

function assertConsAddresses(addresses: AddressCodecs, list: readonly string[]): void {
  if (list.length > MAX_LISTED_VALIDATORS)
    throw plainError(`consensus address list too long;  got: ${list.length}, max: ${MAX_LISTED_VALIDATORS}`);
  for (const address of list)
    try {
      addressFromBech32(addresses.consensus, address);
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      throw plainError(`invalid address ${address}: ${cause.message}`, { cause });
    }
}

function assertPowerShaping(addresses: AddressCodecs, shaping: PowerShapingParameters): void {
  const kind = providerErrors.invalidPowerShaping;
  const { topN, validatorsPowerCap } = shaping;
  if (topN !== 0 && (topN < 50 || topN > 100)) throw kind("Top N can either be 0 or in the range [50, 100]");
  if (validatorsPowerCap > 100) throw kind("ValidatorsPowerCap has to be in the range [0, 100]");
  for (const [name, list] of [
    ["Allowlist", shaping.allowlist],
    ["Denylist", shaping.denylist],
    ["Prioritylist", shaping.prioritylist],
  ] as const)
    refuseAs(kind, name, () => assertConsAddresses(addresses, list));
}

function assertAllowlistedDenoms({ denoms }: AllowlistedRewardDenoms): void {
  const kind = providerErrors.invalidAllowlistedRewardDenoms;
  if (denoms.length > MAX_ALLOWLISTED_DENOMS) throw kind(`More than ${MAX_ALLOWLISTED_DENOMS} denoms`);
  for (const denom of denoms) refuseAs(kind, `Invalid denom (${denom})`, () => assertRewardDenom(denom));
}

/** The parts of a consumer's description that creating and updating share. */
interface ConsumerParts {
  readonly metadata: ConsumerMetadata | undefined;
  readonly initializationParameters: ConsumerInitializationParameters | undefined;
  readonly powerShapingParameters: PowerShapingParameters | undefined;
  readonly infractionParameters: InfractionParameters | undefined;
  readonly allowlistedRewardDenoms: AllowlistedRewardDenoms | undefined;
}

function assertParts(addresses: AddressCodecs, kind: ErrorKind, parts: ConsumerParts): void {
  const check = <T>(name: string, part: T | undefined, assertPart: (part: T) => void): void => {
    if (part !== undefined) refuseAs(kind, name, () => assertPart(part));
  };
  check("Metadata", parts.metadata, assertMetadata);
  check("InitializationParameters", parts.initializationParameters, assertInitialization);
  check("PowerShapingParameters", parts.powerShapingParameters, (p) => assertPowerShaping(addresses, p));
  check("InfractionParameters", parts.infractionParameters, assertInfractionParams);
  check("AllowlistedRewardDenoms", parts.allowlistedRewardDenoms, assertAllowlistedDenoms);
}

/** Throws `provider/44`, or an untyped refusal for a Top N chain. */
export function validateCreateConsumer(addresses: AddressCodecs, msg: MsgCreateConsumer): void {
  refuseAs(providerErrors.invalidMsgCreateConsumer, "ChainId", () => assertChainId("ChainId", msg.chainId));
  const topN = msg.powerShapingParameters?.topN ?? 0;
  if (topN !== 0) {
    assertParts(addresses, providerErrors.invalidMsgCreateConsumer, {
      ...msg,
      powerShapingParameters: undefined,
      infractionParameters: undefined,
      allowlistedRewardDenoms: undefined,
    });
    throw plainError(
      "cannot create a Top N chain through `MsgCreateConsumer`; " +
        "first create the chain and then use `MsgUpdateConsumer` to make the chain Top N",
    );
  }
  assertParts(addresses, providerErrors.invalidMsgCreateConsumer, msg);
}

/** Throws `provider/45`. */
export function validateUpdateConsumer(addresses: AddressCodecs, msg: MsgUpdateConsumer): void {
  const kind = providerErrors.invalidMsgUpdateConsumer;
  refuseAs(kind, "ConsumerId", () => assertConsumerId(msg.consumerId));
  assertParts(addresses, kind, msg);
}

/** Fields of messages by which a validator speaks for itself. */
interface ValidatorMessage {
  readonly chainId: string;
  readonly consumerId: string;
  readonly providerAddr: string;
  readonly signer: string;
}

/**
 * Throws one of `kind` unless the operator is the signer: a message may only speak for the validator that signs it. The
 * chain id, which ids have replaced, must be blank.
 */
function assertValidatorMessage(addresses: AddressCodecs, kind: ErrorKind, msg: ValidatorMessage): void {
  if (!isBlank(msg.chainId))
    throw kind(
      `ChainId: found non-empty chainId(${msg.chainId}); chainId is deprecated, use consumerId instead`,
    );
  refuseAs(kind, "ConsumerId", () => assertConsumerId(msg.consumerId));
  const operator = operatorOf(addresses, msg.providerAddr);
  if (operator === undefined) throw kind(`ProviderAddr: invalid ValAddress (${msg.providerAddr})`);
  const account = addresses.account.encode(operator);
  if (account !== msg.signer)
    throw kind(
      `ProviderAddr: ValAddress converted to AccAddress (${account}) must match the signer address (${msg.signer})`,
    );
}

function operatorOf(addresses: AddressCodecs, text: string): Uint8Array | undefined {
  try {
    return addresses.validator.decode(text);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}

/** Throws `provider/46`. */
export function validateAssignConsumerKey(addresses: AddressCodecs, msg: MsgAssignConsumerKey): void {
  const kind = providerErrors.invalidMsgAssignConsumerKey;
  assertValidatorMessage(addresses, kind, msg);
  if (msg.consumerKey === "") throw kind("ConsumerKey cannot be empty");
  refuseAs(kind, "ConsumerKey", () => parseKeyJson(msg.consumerKey));
}

/** Throws `provider/49`. */
export function validateOptIn(addresses: AddressCodecs, msg: MsgOptIn): void {
  const kind = providerErrors.invalidMsgOptIn;
  assertValidatorMessage(addresses, kind, msg);
  if (msg.consumerKey !== "") refuseAs(kind, "ConsumerKey", () => parseKeyJson(msg.consumerKey));
}

/** Throws `provider/50`. */
export const validateOptOut = (addresses: AddressCodecs, msg: MsgOptOut): void =>
  assertValidatorMessage(addresses, providerErrors.invalidMsgOptOut, msg);

/** Throws `provider/51`. */
export function validateSetCommissionRate(addresses: AddressCodecs, msg: MsgSetConsumerCommissionRate): void {
  const kind = providerErrors.invalidMsgSetCommissionRate;
  assertValidatorMessage(addresses, kind, msg);
  const rate = refuseAs(kind, "", () => Dec.fromWire(msg.rate));
  if (rate.isNegative() || rate.gt(Dec.ONE))
    throw kind("consumer commission rate should be in the range [0, 1]");
}

function assertCoinDenom(denom: string): void {
  if (!isDenom(denom)) throw new TransactionAbort(`invalid denom: ${denom.slice(0, 150)}`);
}

/** Throws `provider/52`; aborts the transaction for text that is no denomination, as Go panics. */
export function validateChangeRewardDenoms({ denomsToAdd, denomsToRemove }: MsgChangeRewardDenoms): void {
  const kind = providerErrors.invalidMsgChangeRewardDenoms;
  if (denomsToAdd.length === 0 && denomsToRemove.length === 0)
    throw kind("both DenomsToAdd and DenomsToRemove are empty");
  for (const denom of denomsToAdd) assertCoinDenom(denom);
  for (const denom of denomsToRemove) {
    assertCoinDenom(denom);
    if (denomsToAdd.includes(denom)) throw kind(`denom(${denom}) cannot be both added and removed`);
  }
}
