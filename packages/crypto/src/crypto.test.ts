import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { host as node } from "./host-node.ts";
import { host as web } from "./host-web.ts";
import {
  blake2b512,
  blake2s256,
  compareBytes,
  concatBytes,
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verify,
  fromBase64,
  fromBinary,
  fromHex,
  fromUtf8,
  merkleProofs,
  merkleRoot,
  prefixEnd,
  sha256,
  sha512,
  sha512Half,
  toBase64,
  toBinary,
  toHex,
  utf8,
  verifyMerkleProof,
  zigzag,
} from "./index.ts";

const bytes = (max = 64) => fc.uint8Array({ maxLength: max });
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("bytes", () => {
  test("base64 and hex return what went in", () => {
    return fc.assert(
      fc.property(bytes(), (b) => {
        expect(toBase64(b)).toBe(Buffer.from(b).toString("base64"));
        expect(fromBase64(toBase64(b))).toEqual(b);
        expect(fromHex(toHex(b))).toEqual(b);
      }),
    );
  });
  test.each(["a", "ab=a", "a===", "ab c", "====", "YQ="])("refuses the base64 text %j", (text) => {
    expect(() => fromBase64(text)).toThrow(RangeError);
  });
  test("writes zig-zag varints as Go does", () => {
    expect([0, 1, -1, 64, -64].map((v) => toHex(zigzag(v)))).toEqual(["00", "02", "01", "8001", "7f"]);
  });
  test("the end of a prefix is above every key with it and below every key after it", () => {
    expect(prefixEnd(Uint8Array.of(0xff, 0xff))).toBeUndefined();
    return fc.assert(
      fc.property(bytes(4), bytes(4), (prefix, rest) => {
        const end = prefixEnd(prefix);
        if (end !== undefined) expect(compareBytes(concatBytes(prefix, rest), end)).toBeLessThan(0);
      }),
    );
  });
});

describe("text", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "\0", "~", "\x7f", "\x80", "é", "€", "😀", "\ufeff", "\ud800"),
    maxLength: 80,
  });
  test("becomes the bytes that an encoder of the platform gives, whatever its length", () => {
    return fc.assert(fc.property(text, (s) => expect(utf8(s)).toEqual(new TextEncoder().encode(s))));
  });
  test("is read as a strict decoder of the platform reads it, and refused where that refuses", () => {
    const strict = new TextDecoder("utf-8", { fatal: true });
    const outcome = (read: () => string): string => {
      try {
        return `read ${read()}`;
      } catch {
        return "refused";
      }
    };
    const some = fc.oneof(
      bytes(80),
      text.map((s) => new TextEncoder().encode(s)),
    );
    return fc.assert(
      fc.property(some, (b) => expect(outcome(() => fromUtf8(b))).toBe(outcome(() => strict.decode(b)))),
    );
  });
});

describe("hosts", () => {
  test("agree on hashes, order, keys and signatures", () => {
    return fc.assert(
      fc.property(seed, bytes(), bytes(), (s, m, n) => {
        expect(node.toBase64(m)).toBe(web.toBase64(m));
        expect(toHex(node.sha256(m))).toBe(web.toHex(web.sha256(m)));
        expect(fromBinary(node.sha256Binary(m))).toEqual(node.sha256(m));
        expect(web.sha256Binary(m)).toBe(node.sha256Binary(m));
        expect(fromBinary(toBinary(m))).toEqual(m);
        for (const from of [0, m.length >> 1])
          expect(web.toBinary(m, from, m.length)).toBe(node.toBinary(m, from, m.length));
        expect(Math.sign(compareBytes(m, n))).toBe(compareTexts(toBinary(m), toBinary(n)));
        expect(Math.sign(node.compareBytes(m, n))).toBe(Math.sign(web.compareBytes(m, n)));
        expect(toHex(node.ed25519PublicKey(s))).toBe(toHex(web.ed25519PublicKey(s)));
        expect(toHex(node.ed25519Sign(s, m))).toBe(toHex(web.ed25519Sign(s, m)));
        const k = node.sha256(s);
        const d = node.sha256(m);
        const signature = node.secp256k1Sign(k, d);
        expect(toHex(signature)).toBe(toHex(web.secp256k1Sign(k, d)));
        for (const h of [node, web])
          expect(h.secp256k1Verify(node.secp256k1PublicKey(k), d, signature)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
  test("refuse a high-S secp256k1 signature", () => {
    const key = sha256(utf8("key"));
    const digest = sha256(utf8("message"));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const low = node.secp256k1Sign(key, digest);
    const s = order - BigInt(`0x${toHex(low.slice(32))}`);
    const high = concatBytes(low.slice(0, 32), fromHex(s.toString(16).padStart(64, "0")));
    for (const h of [node, web]) {
      expect(h.secp256k1Verify(node.secp256k1PublicKey(key), digest, low)).toBe(true);
      expect(h.secp256k1Verify(node.secp256k1PublicKey(key), digest, high)).toBe(false);
    }
  });
  test("accept the small-order key and zero signature that ZIP-215 accepts", () => {
    const key = new Uint8Array(32);
    key[0] = 1; // the identity point
    const signature = concatBytes(key, new Uint8Array(32));
    for (const h of [node, web]) expect(h.ed25519Verify(key, utf8("anything"), signature)).toBe(true);
  });
});

describe("hashes of foreign proof specs", () => {
  test.each([
    ["sha512", sha512],
    ["sha512-256", sha512Half],
    ["blake2b512", blake2b512],
    ["blake2s256", blake2s256],
  ])("%s is that of OpenSSL", (name, hash) => {
    return fc.assert(
      fc.property(bytes(300), (data) => {
        expect(toHex(hash(data))).toBe(createHash(name).update(data).digest("hex"));
      }),
    );
  });
});

describe("signature cache", () => {
  test("a verified signature does not vouch for another message, key or signature", () => {
    const s = sha256(utf8("a"));
    const pub = ed25519PublicKey(s);
    const signature = ed25519Sign(s, utf8("m"));
    expect(ed25519Verify(pub, utf8("m"), signature)).toBe(true);
    expect(ed25519Verify(pub, utf8("m"), signature)).toBe(true);
    expect(ed25519Verify(pub, utf8("n"), signature)).toBe(false);
    expect(ed25519Verify(ed25519PublicKey(sha256(utf8("b"))), utf8("m"), signature)).toBe(false);
    const forged = signature.slice();
    forged[0] = forged[0]! ^ 1;
    expect(ed25519Verify(pub, utf8("m"), forged)).toBe(false);
  });
});

describe("Merkle tree", () => {
  test("has the hash of nothing as the root of no items", () => {
    expect(toHex(merkleRoot([]))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
  test("every proof verifies for its own item, index and root, and no other", () => {
    return fc.assert(
      fc.property(fc.array(bytes(8), { minLength: 1, maxLength: 20 }), (items) => {
        const root = merkleRoot(items);
        merkleProofs(items).forEach((proof, i) => {
          expect(verifyMerkleProof(root, proof, items[i]!)).toBe(true);
          expect(verifyMerkleProof(root, proof, concatBytes(items[i]!, utf8("x")))).toBe(false);
          expect(verifyMerkleProof(sha256(root), proof, items[i]!)).toBe(false);
          expect(verifyMerkleProof(root, { ...proof, aunts: [...proof.aunts, root] }, items[i]!)).toBe(false);
        });
      }),
    );
  });
});
