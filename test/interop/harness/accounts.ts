/** Accounts of test chains. Their keys follow from their names: a run can be looked into, and repeated. */
import { Bip39, EnglishMnemonic, Slip10, Slip10Curve } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet, makeCosmoshubPath } from "@cosmjs/proto-signing";
import { sha256, utf8 } from "@tandem-ics/crypto";

/** Prefix of a provider's accounts, of Go and of ours. */
export const PROVIDER_PREFIX = "cosmos";
/** Prefix of a consumer's accounts, of Go and of ours. */
export const CONSUMER_PREFIX = "consumer";

/** An account. */
export interface Account {
  readonly name: string;
  readonly address: string;
  readonly mnemonic: string;
}

/** The account that belongs to `name`: of the same key on every chain, written with the chain's prefix. */
export async function accountOf(name: string, prefix = PROVIDER_PREFIX): Promise<Account> {
  const mnemonic = Bip39.encode(sha256(utf8(`tandem interop ${name}`))).toString();
  const wallet = await walletOf(mnemonic, prefix);
  return { name, mnemonic, address: (await wallet.getAccounts())[0]!.address };
}

/** Signs for an account. */
export const walletOf = (mnemonic: string, prefix = PROVIDER_PREFIX): Promise<DirectSecp256k1HdWallet> =>
  DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix });

/** Private key of an account, 32 bytes, for programs that sign by themselves. */
export async function privateKeyOf(mnemonic: string): Promise<Uint8Array> {
  const seed = await Bip39.mnemonicToSeed(new EnglishMnemonic(mnemonic));
  return Slip10.derivePath(Slip10Curve.Secp256k1, seed, makeCosmoshubPath(0)).privkey;
}
