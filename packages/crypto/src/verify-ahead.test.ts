import { secp256k1PublicKey, secp256k1Sign, secp256k1Verify, sha256, utf8 } from "./index.ts";
import { createVerifyAhead, type VerifyAhead } from "./verify-ahead.ts";

const signed = (i: number) => {
  const privateKey = sha256(utf8(`ahead ${i}`));
  const message = utf8(`message ${i}`);
  return {
    publicKey: secp256k1PublicKey(privateKey),
    message,
    signature: secp256k1Sign(privateKey, message),
  };
};

describe("signatures verified ahead", () => {
  let ahead: VerifyAhead;
  beforeEach(() => {
    ahead = createVerifyAhead();
  });
  afterEach(() => ahead.close());

  test("verdicts are those of the caller's thread, good or bad, many at once", async () => {
    const items = Array.from({ length: 200 }, (_, i) => {
      const good = signed(i);
      const spoiled = good.signature.map((byte, at) => (at === 9 ? byte ^ 1 : byte));
      return i % 3 === 0 ? { ...good, signature: spoiled } : good;
    });
    await Promise.all(items.map((item) => ahead.verify([item])));
    for (const [i, { publicKey, message, signature }] of items.entries())
      expect(secp256k1Verify(publicKey, message, signature)).toBe(i % 3 !== 0);
  });

  test("what is no key or no signature is refused, not believed", async () => {
    const { publicKey, message, signature } = signed(1);
    const odd = [
      { publicKey: new Uint8Array(33), message, signature },
      { publicKey: publicKey.slice(1), message, signature },
      { publicKey, message, signature: signature.slice(1) },
      { publicKey, message, signature: new Uint8Array(64) },
      { publicKey: new Uint8Array(), message, signature: new Uint8Array() },
    ];
    await ahead.verify(odd);
    for (const item of odd) expect(secp256k1Verify(item.publicKey, item.message, item.signature)).toBe(false);
  });

  test("nobody overtakes: calls without signatures wait for those before them", async () => {
    const order: number[] = [];
    const calls = [[signed(5)], [], [signed(6), signed(7)], [], [signed(8)]];
    await Promise.all(calls.map((items, i) => ahead.verify(items)?.then(() => order.push(i))));
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(ahead.busy).toBe(false);
  });

  test("closing releases those who wait, and nobody is asked any more", async () => {
    const waiting = ahead.verify([signed(2), signed(3)]);
    ahead.close();
    await waiting;
    expect(ahead.available).toBe(false);
    expect(ahead.verify([signed(4)])).toBeUndefined();
    expect(createVerifyAhead().verify([])).toBeUndefined();
  });
});
