import { createAddressCodecs } from "@tandem-ics/runtime";
import { BaseAccount } from "cosmjs-types/cosmos/auth/v1beta1/auth";
import { Any } from "cosmjs-types/google/protobuf/any";
import fc from "fast-check";
import { createAccountCodec } from "./account-codec.ts";

const codec = createAccountCodec(createAddressCodecs("cosmos"));
const uint64 = fc.oneof(fc.constantFrom(0n, 127n, 128n), fc.bigInt(0n, 2n ** 64n - 1n));

// The same few, so that what is remembered of one is tried on others.
const addresses = [1, 2, 3].map((byte) => new Uint8Array(20).fill(byte));
const keys = [33, 300].map((length) => ({
  typeUrl: "/cosmos.crypto.secp256k1.PubKey",
  value: new Uint8Array(length).fill(7),
}));

const account = fc.record({
  address: fc.constantFrom(...addresses),
  pubKey: fc.constantFrom(undefined, ...keys),
  accountNumber: uint64,
  sequence: uint64,
});

test("base accounts have the bytes of the generated codec", () => {
  fc.assert(
    fc.property(fc.array(account, { minLength: 1, maxLength: 20 }), (accounts) => {
      for (const one of accounts) {
        const value = BaseAccount.encode(codec.toBase(one)).finish();
        const expected = Any.encode({ typeUrl: BaseAccount.typeUrl, value }).finish();
        expect(codec.encode(one)).toEqual(expected);
        expect(codec.decode(codec.encode(one))).toEqual(one);
      }
    }),
  );
});
