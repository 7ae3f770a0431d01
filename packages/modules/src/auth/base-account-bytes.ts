/** Bytes of base accounts: every transaction writes its signer's, in which only the sequence is new. */
import "@tandem-ics/proto/wire";
import type { Account } from "@tandem-ics/runtime";
import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { Any } from "cosmjs-types/google/protobuf/any";

/** Everything before the sequence, which is the last field. */
interface Head {
  readonly pubKey: Account["pubKey"];
  readonly accountNumber: bigint;
  readonly bytes: Uint8Array;
}

const SEQUENCE_TAG = 0x20;
const VALUE_TAG = 0x12;
const TYPE_FIELD = Any.encode({ typeUrl: BaseAccount.typeUrl, value: new Uint8Array() }).finish();

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return out;
}

/**
 * Encodes accounts that are neither a module's nor vesting as an Any of `BaseAccount`, with a memory of what comes before
 * the sequence. `toBase` gives the message.
 */
export function createBaseAccountEncoder(
  toBase: (account: Account) => BaseAccount,
): (account: Account) => Uint8Array {
  const heads = new WeakMap<Uint8Array, Head>();

  function headOf(account: Account): Uint8Array {
    const { address, pubKey, accountNumber } = account;
    const known = heads.get(address);
    if (known !== undefined && known.pubKey === pubKey && known.accountNumber === accountNumber)
      return known.bytes;
    const bytes = BaseAccount.encode({ ...toBase(account), sequence: 0n }).finish();
    heads.set(address, { pubKey, accountNumber, bytes });
    return bytes;
  }

  return (account) => {
    const head = headOf(account);
    const sequence = account.sequence === 0n ? [] : [SEQUENCE_TAG, ...varint(account.sequence)];
    const length = head.length + sequence.length;
    const lengthBytes = varint(BigInt(length));
    const out = new Uint8Array(TYPE_FIELD.length + 1 + lengthBytes.length + length);
    out.set(TYPE_FIELD);
    out[TYPE_FIELD.length] = VALUE_TAG;
    const start = TYPE_FIELD.length + 1 + lengthBytes.length;
    out.set(lengthBytes, TYPE_FIELD.length + 1);
    out.set(head, start);
    out.set(sequence, start + head.length);
    return out;
  };
}
