/** Keys, signatures and sequences (SDK `x/auth/ante/sigverify.go`). */
import { equalBytes, fromHex } from "@tandem-ics/crypto";
import type { Account } from "../account.ts";
import type { AddressCodecs } from "../address.ts";
import type { Context } from "../context.ts";
import { assert, plainError } from "../errors.ts";
import type { GasMeter } from "../gas.ts";
import { sdkErrors } from "../sdk-errors.ts";
import type { DecodedTx } from "../tx/decode.ts";
import { countSubKeys, type PublicKey, parsePublicKey, secp256k1KeyAny } from "../tx/public-key.ts";
import { isAminoOnly, type SignatureData, signatureTexts } from "../tx/signature-data.ts";
import { verifySignature } from "../tx/verify-signature.ts";
import { assertReadable } from "./basic.ts";
import type { AnteAuthKeeper, AnteDecorator, AnteParams } from "./dependencies.ts";

type Check = AnteDecorator["run"];

/** Stands in for unknown keys in simulations: it costs as much as most keys do. */
const SIMULATED_KEY: PublicKey = parsePublicKey(
  secp256k1KeyAny(fromHex("035ad6810a47f073553ff30d2fcc7e0d3b1c0b74b61a1aaa2582344037151e143a")),
);

function signerAccount(
  ctx: Context,
  auth: AnteAuthKeeper,
  addresses: AddressCodecs,
  address: Uint8Array,
): Account {
  const account = auth.getAccount(ctx, address);
  if (account === undefined)
    throw sdkErrors.unknownAddress(`account ${addresses.account.encode(address)} does not exist`);
  return account;
}

const keyOf = (account: Account): PublicKey | undefined =>
  account.pubKey === undefined ? undefined : parsePublicKey(account.pubKey);

/** Signers and what they put into the transaction. Go panics when there are more infos than signers. */
function eachSigner(
  tx: DecodedTx,
  act: (address: Uint8Array, info: DecodedTx["signerInfos"][number], index: number) => void,
): void {
  tx.signerInfos.forEach((info, i) => {
    const address = tx.signers[i];
    if (address === undefined)
      throw new RangeError(`runtime error: index out of range [${i}] with length ${tx.signers.length}`);
    act(address, info, i);
  });
}

/** Stores the keys of accounts that sign for the first time, and tells who signed. */
export const setPublicKeys =
  (auth: AnteAuthKeeper, addresses: AddressCodecs): Check =>
  (ctx, tx) => {
    const simulate = ctx.mode === "simulate";
    eachSigner(tx, (address, info, i) => {
      const key = info.publicKey ?? (simulate ? SIMULATED_KEY : undefined);
      if (key === undefined) return;
      if (!simulate && !equalBytes(key.address, address))
        throw sdkErrors.invalidPubKey(
          `pubKey does not match signer address ${addresses.account.encode(address)} with signer index: ${i}`,
        );
      const account = signerAccount(ctx, auth, addresses, address);
      if (account.pubKey !== undefined) return;
      if (account.module !== undefined) throw sdkErrors.invalidPubKey("not supported for module accounts");
      auth.setAccount(ctx, { ...account, pubKey: key.any });
    });
    assertReadable(tx);
    eachSigner(tx, (address, { sequence, signature }) => {
      ctx.emit("tx", { acc_seq: `${addresses.account.encode(address)}/${sequence}` });
      if (signature === undefined) throw plainError("got empty SignatureData");
      for (const text of signatureTexts(signature)) ctx.emit("tx", { signature: text });
    });
  };

/** Keys in all, members of groups counted one by one. */
export const countSignatures =
  (auth: AnteAuthKeeper): Check =>
  (ctx, { signerInfos }) => {
    const { txSigLimit } = auth.getParams(ctx);
    let count = 0;
    for (const { publicKey } of signerInfos) {
      if (publicKey !== undefined) count += countSubKeys(publicKey);
      if (BigInt(count) > txSigLimit)
        throw sdkErrors.tooManySignatures(`signatures: ${count}, limit: ${txSigLimit}`);
    }
  };

/** Gas for each signature, by kind of key. */
export const payForSignatures =
  (auth: AnteAuthKeeper, addresses: AddressCodecs): Check =>
  (ctx, tx) => {
    const params = auth.getParams(ctx);
    eachSigner(tx, (address, { signature }) => {
      const key = keyOf(signerAccount(ctx, auth, addresses, address));
      const priced = key ?? (ctx.mode === "simulate" ? SIMULATED_KEY : undefined);
      if (priced === undefined) throw sdkErrors.invalidPubKey("unrecognized public key type: none");
      consumeSignatureGas(ctx.gas, priced, signature, params);
    });
  };

function consumeSignatureGas(
  gas: GasMeter,
  key: PublicKey,
  data: SignatureData | undefined,
  params: AnteParams,
): void {
  switch (key.kind) {
    case "secp256k1":
      gas.consume(params.sigVerifyCostSecp256k1, "ante verify: secp256k1");
      return;
    case "secp256r1":
      gas.consume(params.sigVerifyCostSecp256k1 / 2n, "ante verify: secp256r1");
      return;
    case "ed25519":
      gas.consume(params.sigVerifyCostEd25519, "ante verify: ed25519");
      throw sdkErrors.invalidPubKey("ED25519 public keys are unsupported");
    case "multisig": {
      if (data?.kind !== "multi")
        throw plainError("expected *signing.MultiSignatureData, got, *signing.SingleSignatureData");
      let next = 0;
      data.signed.forEach((signed, i) => {
        if (!signed) return;
        const member = key.keys[i];
        const part = data.signatures[next++];
        // Go looks both up without asking, and panics.
        if (member === undefined || part === undefined)
          throw new RangeError(`runtime error: index out of range [${i}]`);
        consumeSignatureGas(gas, member, part, params);
      });
    }
  }
}

/** Sequence and signature of every signer. Rechecks trust the signatures that the first check verified. */
export const verifySignatures =
  (auth: AnteAuthKeeper, addresses: AddressCodecs): Check =>
  (ctx, tx) => {
    const simulate = ctx.mode === "simulate";
    if (tx.signers.length !== tx.signerInfos.length)
      throw sdkErrors.unauthorized(
        `invalid number of signer;  expected: ${tx.signers.length}, got ${tx.signerInfos.length}`,
      );
    eachSigner(tx, (address, info) => {
      const account = signerAccount(ctx, auth, addresses, address);
      const publicKey = keyOf(account);
      if (!simulate && publicKey === undefined) throw sdkErrors.invalidPubKey("pubkey on account is not set");
      if (info.sequence !== account.sequence)
        throw sdkErrors.wrongSequence(
          `account sequence mismatch, expected ${account.sequence}, got ${info.sequence}`,
        );
      if (simulate || ctx.mode === "recheck") return;
      assert(publicKey !== undefined, "a signer without key passed");
      // Accounts have no numbers yet when the transactions of a genesis file run.
      const accountNumber = ctx.height === 0n ? 0n : account.accountNumber;
      requireSignature(tx, info.signature, {
        chainId: ctx.chainId,
        accountNumber,
        sequence: info.sequence,
        address: addresses.account.encode(address),
        publicKey,
      });
    });
  };

function requireSignature(
  tx: DecodedTx,
  data: SignatureData | undefined,
  signer: Parameters<typeof verifySignature>[1],
): void {
  const reason = data === undefined ? "unexpected SignatureData <nil>" : verifySignature(tx, signer, data);
  if (reason === undefined) return;
  const { accountNumber, sequence, chainId } = signer;
  // In amino JSON the sequence is part of what is signed: it may be what is wrong.
  const detail =
    data !== undefined && isAminoOnly(data)
      ? `please verify account number (${accountNumber}), sequence (${sequence}) and chain-id (${chainId})`
      : `please verify account number (${accountNumber}) and chain-id (${chainId}): (${reason})`;
  throw sdkErrors.unauthorized(`signature verification failed; ${detail}`);
}

/** Makes the same transaction invalid from now on. */
export const incrementSequences =
  (auth: AnteAuthKeeper): Check =>
  (ctx, tx) => {
    for (const address of tx.signers) {
      const account = auth.getAccount(ctx, address);
      assert(account !== undefined, "a signer without account passed");
      auth.setAccount(ctx, { ...account, sequence: account.sequence + 1n });
    }
  };
