import { createSign, generateKeyPairSync } from "node:crypto";
import { isSecp256r1Key, secp256r1Address, secp256r1Verify } from "./secp256r1.ts";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const { x, y } = publicKey.export({ format: "jwk" });
const [xBytes, yBytes] = [x, y].map((part) => Buffer.from(part!, "base64url"));
const key = Uint8Array.of(2 + (yBytes!.at(-1)! & 1), ...xBytes!);
const message = Buffer.from("a message");

const s = (signature: Uint8Array): bigint => BigInt(`0x${Buffer.from(signature.slice(32)).toString("hex")}`);
const withS = (signature: Uint8Array, value: bigint): Uint8Array =>
  Uint8Array.of(...signature.slice(0, 32), ...Buffer.from(value.toString(16).padStart(64, "0"), "hex"));

test("a signature of OpenSSL's is good with the lower of its two forms only", () => {
  const signed = createSign("sha256").update(message).sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
  const other = withS(signed, ORDER - s(signed));
  const [low, high] = s(signed) <= ORDER / 2n ? [signed, other] : [other, signed];
  expect(secp256r1Verify(key, message, low)).toBe(true);
  expect(secp256r1Verify(key, message, high)).toBe(false);
  expect(secp256r1Verify(key, Buffer.from("another"), low)).toBe(false);
  expect(secp256r1Verify(key, message, low.slice(1))).toBe(false);
  expect(secp256r1Verify(new Uint8Array(33), message, low)).toBe(false);
});

test("keys are points of the curve, and have addresses of 32 bytes", () => {
  expect(isSecp256r1Key(key)).toBe(true);
  expect(isSecp256r1Key(new Uint8Array(33))).toBe(false);
  expect(isSecp256r1Key(key.slice(1))).toBe(false);
  expect(secp256r1Address(key)).toHaveLength(32);
});
