/** Accounts of test chains. Their keys follow from their names: a run can be looked into, and repeated. */
import { Bip39 } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { sha256, utf8 } from "@tandem-ics/crypto";

/** Prefix of the accounts of both Go chains and of ours. */
export const ACCOUNT_PREFIX = "cosmos";

/** An account. */
export interface Account {
  readonly name: string;
  readonly address: string;
  readonly mnemonic: string;
}

/** The account that belongs to `name`, the same one on every chain. */
export async function accountOf(name: string): Promise<Account> {
  const mnemonic = Bip39.encode(sha256(utf8(`tandem interop ${name}`))).toString();
  const wallet = await walletOf(mnemonic);
  return { name, mnemonic, address: (await wallet.getAccounts())[0]!.address };
}

/** Signs for an account. */
export const walletOf = (mnemonic: string): Promise<DirectSecp256k1HdWallet> =>
  DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix: ACCOUNT_PREFIX });
