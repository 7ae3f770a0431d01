import { utf8 } from "@tandem-ics/crypto";
import { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { HashedParams } from "cosmjs-types/tendermint/types/params";
import { BlockID, CommitSig, PartSetHeader } from "cosmjs-types/tendermint/types/types";
import { SimpleValidator } from "cosmjs-types/tendermint/types/validator";
import { Consensus } from "cosmjs-types/tendermint/version/types";
import fc from "fast-check";
import { encodeBlockId, encodePartSetHeader } from "./block-id.ts";
import { encodeCommitSig } from "./commit-sig.ts";
import {
  bytesField,
  messageField,
  sfixed64Field,
  textField,
  timestampBytes,
  varint,
  varintField,
  varintSize,
} from "./proto-bytes.ts";
import { simpleValidatorBytes } from "./validator.ts";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const bytes = fc.uint8Array({ maxLength: 200 });
const timestamp = fc.record({ seconds: int64, nanos: fc.integer({ min: -5, max: 999_999_999 }) });
const blockId = fc.record({
  hash: bytes,
  partSetHeader: fc.record({ total: fc.integer({ min: 0, max: 2 ** 32 - 1 }), hash: bytes }),
});

describe("bytes put together by hand are those of the generated codecs", () => {
  test("timestamps", () => {
    fc.assert(
      fc.property(timestamp, (t) => {
        expect(timestampBytes(t)).toEqual(Timestamp.encode(t).finish());
      }),
    );
  });

  test("integers of any size", () => {
    const check = (a: bigint, b: bigint): void => {
      const made = [...varintField(1, a), ...varintField(2, b)];
      expect(made).toEqual([...HashedParams.encode({ blockMaxBytes: a, blockMaxGas: b }).finish()]);
      expect(varint(a).length).toBe(varintSize(a));
    };
    fc.assert(fc.property(int64, int64, check));
    for (let bits = 0n; bits < 63n; bits++) check((1n << bits) - 1n, 1n << bits);
    expect([...varintField(1, 2n ** 64n - 1n)]).toEqual([
      ...Consensus.encode({ block: 2n ** 64n - 1n, app: 0n }).finish(),
    ]);
  });

  test("block ids, the zero one too", () => {
    fc.assert(
      fc.property(blockId, (id) => {
        expect(encodeBlockId(id)).toEqual(BlockID.encode(id).finish());
        expect(encodePartSetHeader(id.partSetHeader)).toEqual(
          PartSetHeader.encode(id.partSetHeader).finish(),
        );
      }),
    );
  });

  test("commit signatures", () => {
    const signature = fc.record({
      blockIdFlag: fc.constantFrom(1, 2, 3),
      validatorAddress: bytes,
      timestamp,
      signature: bytes,
    });
    fc.assert(
      fc.property(signature, (s) => {
        expect(encodeCommitSig(s)).toEqual(CommitSig.encode(s).finish());
      }),
    );
  });

  test("simple validators", () => {
    const key = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((ed25519) => ({ ed25519 })),
      fc.uint8Array({ minLength: 33, maxLength: 33 }).map((secp256k1) => ({ secp256k1 })),
    );
    fc.assert(
      fc.property(key, int64, (pubKey, votingPower) => {
        const validator = { pubKey, votingPower };
        expect(simpleValidatorBytes(validator)).toEqual(SimpleValidator.encode(validator).finish());
      }),
    );
  });
});

test("fields with zero values are absent, sub-messages are not", () => {
  expect(varintField(3, 0).length).toBe(0);
  expect(bytesField(3, new Uint8Array(0)).length).toBe(0);
  expect(textField(3, "").length).toBe(0);
  expect(sfixed64Field(3, 0n).length).toBe(0);
  expect([...messageField(2, new Uint8Array(0))]).toEqual([0x12, 0]);
  expect([...sfixed64Field(2, -2n)]).toEqual([0x11, 0xfe, 255, 255, 255, 255, 255, 255, 255]);
  expect([...textField(2, "é")]).toEqual([0x12, 2, ...utf8("é")]);
});
