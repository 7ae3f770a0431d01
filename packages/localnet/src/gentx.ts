/** Genesis transactions: an operator signs the creation of its validator before the chain begins (SDK x/genutil). */
import { makeAuthInfoBytes, makeSignBytes } from "@cosmjs/proto-signing";
import { secp256k1Sign } from "@tandem-ics/crypto";
import { toProtoJson } from "@tandem-ics/proto";
import { createAddressCodecs, Dec, type JsonObject } from "@tandem-ics/runtime";
import { PubKey as Ed25519PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { PubKey as Secp256k1PubKey } from "cosmjs-types/cosmos/crypto/secp256k1/keys";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { SignMode } from "cosmjs-types/cosmos/tx/signing/v1beta1/signing";
import { AuthInfo, Tx, TxBody } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import type { AccountKey, ConsensusKey } from "./keys.ts";
import type { PlainValidatorSpec } from "./topology-plain.ts";

/** As the Go binaries' `gentx` asks for. */
const GAS_LIMIT = 200_000;
const CREATE_VALIDATOR = "/cosmos.staking.v1beta1.MsgCreateValidator";

/** Whose validator, on which chain. */
export interface GenesisTxInput {
  readonly chainId: string;
  readonly bech32Prefix: string;
  readonly denom: string;
  readonly spec: PlainValidatorSpec;
  readonly operator: AccountKey;
  readonly consensus: ConsensusKey;
}

/**
 * The signed transaction as `genutil.gen_txs` has it. In a genesis block every account's number counts as 0, and the
 * operator's sequence is 0: it has sent nothing yet.
 */
export function genesisTx(input: GenesisTxInput): JsonObject {
  const { chainId, bech32Prefix, denom, spec, operator, consensus } = input;
  const codecs = createAddressCodecs(bech32Prefix);
  const message = MsgCreateValidator.fromPartial({
    description: { moniker: spec.moniker, identity: "", website: "", securityContact: "", details: "" },
    commission: {
      rate: Dec.parse(spec.commission).toWire(),
      maxRate: Dec.parse(spec.maxRate).toWire(),
      maxChangeRate: Dec.parse(spec.maxChangeRate).toWire(),
    },
    minSelfDelegation: spec.minSelfDelegation.toString(),
    delegatorAddress: codecs.account.encode(operator.address),
    validatorAddress: codecs.validator.encode(operator.address),
    pubkey: {
      typeUrl: "/cosmos.crypto.ed25519.PubKey",
      value: Ed25519PubKey.encode({ key: consensus.pubKey }).finish(),
    },
    value: { denom, amount: spec.stake.toString() },
  });
  const body = TxBody.fromPartial({
    messages: [{ typeUrl: CREATE_VALIDATOR, value: MsgCreateValidator.encode(message).finish() }],
  });
  const bodyBytes = TxBody.encode(body).finish();
  const pubkey = {
    typeUrl: "/cosmos.crypto.secp256k1.PubKey",
    value: Secp256k1PubKey.encode({ key: operator.pubKey }).finish(),
  };
  const authInfoBytes = makeAuthInfoBytes(
    [{ pubkey, sequence: 0 }],
    [],
    GAS_LIMIT,
    undefined,
    undefined,
    SignMode.SIGN_MODE_DIRECT,
  );
  const signBytes = makeSignBytes({ bodyBytes, authInfoBytes, chainId, accountNumber: 0n });
  const tx = Tx.fromPartial({
    body,
    authInfo: AuthInfo.decode(authInfoBytes),
    signatures: [secp256k1Sign(operator.privateKey, signBytes)],
  });
  return toProtoJson("cosmos.tx.v1beta1.Tx", tx) as unknown as JsonObject;
}
