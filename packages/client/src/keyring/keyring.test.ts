import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { toBech32 } from "@cosmjs/encoding";
import { fromHex, secp256k1Address, secp256k1PublicKey, toHex, utf8 } from "@tandem-ics/crypto";
import { LegacyAminoPubKey } from "cosmjs-types/cosmos/crypto/multisig/keys";
import fc from "fast-check";
import {
  armorPrivateKey,
  createKeyhash,
  createMnemonic,
  decodeArmor,
  deriveKey,
  encodeArmor,
  hdPath,
  type KeyringFiles,
  looksLikeMnemonic,
  matchesKeyhash,
  normalizeMnemonic,
  openKeyring,
  unarmorPrivateKey,
} from "./index.ts";

const MNEMONIC = "gather series sample skin gate mask gossip between equip knife total stereo";
const ADDRESS = "cosmos12nt2hqjps8r065wc02qks88tvqzdeua0ld3jxy";
/** Exported by `interchain-security-pd keys export` with the passphrase `password1`: the key of MNEMONIC. */
const GO_ARGON2 = `-----BEGIN TENDERMINT PRIVATE KEY-----
kdf: argon2
salt: D4522215E8E289F2E0798614CB407547
type: secp256k1

cyl5S2mrNaZdZxGhSw6Zdbbjc0bfao9gw0ay/dbz07w7oKHmMjtqp/5R1c+so70v
Ax+9TMQ=
=VaDQ
-----END TENDERMINT PRIVATE KEY-----
`;
/** By SDK 0.50's own bcrypt, secretbox and armor, with the passphrase `pässword-1`; older SDKs export so. */
const GO_BCRYPT = `-----BEGIN TENDERMINT PRIVATE KEY-----
kdf: bcrypt
salt: 00112233445566778899AABBCCDDEEFF

mhiaarHjjYzQXVurvgnk194Y6xM95pp0LrCnLsNa1rXX3MBNRl+SD5ufnVDu5qW2
nk0C8671iPlr9asX0LFyol5a/CwWFfn/vyEkQ08=
=xYcd
-----END TENDERMINT PRIVATE KEY-----`;

/** For the passphrase `passw0rd1`. */
const GO_KEYHASH = "$2a$10$cjM02epOjQk6WmwcZC5JA.z41hsYY9dwNu7Ybc51Nf3ocJnCCZo3q";

const addressOf = (key: Uint8Array): string => toBech32("cosmos", secp256k1Address(secp256k1PublicKey(key)));

function inMemory(initial: Readonly<Record<string, string>> = {}): KeyringFiles & Map<string, string> {
  const map = new Map(Object.entries(initial));
  return Object.assign(map, {
    names: () => [...map.keys()],
    read: (name: string) => map.get(name),
    write: (name: string, text: string) => void map.set(name, text),
    remove: (name: string) => void map.delete(name),
  });
}

const withPassphrase = (files: KeyringFiles, passphrase: string) =>
  openKeyring({ files, passphrase: async () => passphrase });

describe("armor", () => {
  test("is read as Go writes it, with argon2 and with bcrypt", async () => {
    expect(addressOf((await unarmorPrivateKey(GO_ARGON2, "password1")).key)).toBe(ADDRESS);
    expect(toHex((await unarmorPrivateKey(GO_BCRYPT, "pässword-1")).key)).toBe(
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    );
  });

  test("is written byte for byte as Go writes it", async () => {
    const key = await deriveKey(MNEMONIC);
    const salt = fromHex("d4522215e8e289f2e0798614cb407547");
    expect(await armorPrivateKey(key, "password1", salt)).toBe(GO_ARGON2.trimEnd());
  });

  test.each([
    ["another passphrase", GO_ARGON2, "password2", "wrong-passphrase"],
    ["another passphrase with bcrypt", GO_BCRYPT, "password", "wrong-passphrase"],
    ["a changed letter", GO_ARGON2.replace("cyl5", "cyl6"), "password1", "bad-armor"],
    ["no end", GO_ARGON2.slice(0, 200), "password1", "bad-armor"],
    ["another block", GO_ARGON2.replaceAll("PRIVATE KEY", "PUBLIC KEY"), "password1", "bad-armor"],
    ["no salt", GO_ARGON2.replace(/salt.*\n/, ""), "password1", "bad-armor"],
    ["a short salt", GO_BCRYPT.replace("00112233", ""), "password1", "bad-armor"],
    ["another derivation", GO_ARGON2.replace("argon2", "scrypt"), "password1", "unsupported-key"],
    ["another algorithm", GO_ARGON2.replace("secp256k1", "sr25519"), "password1", "unsupported-key"],
    ["nothing", "", "password1", "bad-armor"],
    ["no passphrase", GO_ARGON2, "", "wrong-passphrase"],
  ])("refuses %s", async (_, armor, passphrase, code) => {
    await expect(unarmorPrivateKey(armor, passphrase)).rejects.toMatchObject({ code });
  });

  test("comes back with any headers and bytes, also with line breaks of other systems", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (data, dos) => {
        const headers = new Map([["a", "1: 2"]]);
        const text = encodeArmor({ type: "SOME THING", headers, data });
        const read = decodeArmor(dos ? `before\r\n${text.replaceAll("\n", "\r\n")}\r\n` : text);
        expect(read).toEqual({ type: "SOME THING", headers, data });
      }),
      { numRuns: 100 },
    );
  });

  test("fails with its own errors whatever is changed", () => {
    fc.assert(
      fc.property(
        fc.nat(GO_ARGON2.length - 1),
        fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
        (at, character) => {
          const changed = GO_ARGON2.slice(0, at) + character + GO_ARGON2.slice(at + 1);
          try {
            decodeArmor(changed);
          } catch (error) {
            expect(error).toMatchObject({ name: "KeyringError", code: "bad-armor" });
          }
        },
      ),
    );
  });
});

describe("keys from mnemonics", () => {
  test.each([
    [hdPath(), ADDRESS],
    ["44'/118'/0'/0/0", ADDRESS],
    ["m/44h/118H/0h/0/0", ADDRESS],
  ])("lie at %s", async (path, address) => {
    expect(addressOf((await deriveKey(MNEMONIC, path)).key)).toBe(address);
  });

  test("differ by account, index, coin and passphrase", async () => {
    const paths = [{}, { account: 1 }, { index: 1 }, { coinType: 60 }].map(hdPath);
    const keys = await Promise.all(paths.map((path) => deriveKey(MNEMONIC, path)));
    keys.push(await deriveKey(MNEMONIC, hdPath(), "TREZOR"));
    expect(new Set(keys.map(({ key }) => toHex(key))).size).toBe(5);
  });

  test("do not depend on how the words are set", () => {
    expect(normalizeMnemonic(`  ${MNEMONIC.toUpperCase().replaceAll(" ", "\n ")}\n`)).toBe(MNEMONIC);
    expect(createMnemonic().split(" ")).toHaveLength(24);
  });

  test.each(["", "gather series", `${MNEMONIC} gather`, MNEMONIC.replace("stereo", "gather")])(
    "refuse %p without quoting it",
    async (words) => {
      await expect(deriveKey(words)).rejects.toMatchObject({ code: "bad-mnemonic" });
      await expect(deriveKey(words)).rejects.not.toThrow("gather");
    },
  );

  test.each(["x", "m/44'/118'/zero", "m/44'/118'/0'/0/2147483648", "m//1"])(
    "refuse the path %p",
    async (path) => {
      await expect(deriveKey(MNEMONIC, path)).rejects.toMatchObject({ code: "bad-path" });
    },
  );
});

describe("a keyring", () => {
  const folder = join(__dirname, "testdata");
  const goFiles = () =>
    inMemory(Object.fromEntries(readdirSync(folder).map((f) => [f, readFileSync(join(folder, f), "utf8")])));

  test("of a Go binary is read", async () => {
    const ring = withPassphrase(goFiles(), "test");
    const [alice, ...rest] = await ring.list();
    expect(rest).toEqual([]);
    expect(alice).toMatchObject({
      name: "alice",
      kind: "local",
      pubKey: {
        "@type": "/cosmos.crypto.secp256k1.PubKey",
        key: "A0RZ3+xLf9xJiySHQxQsQtW8HJYEcniJKbFxG2R9ZEQv",
      },
    });
    expect(toBech32("cosmos", alice!.address)).toBe(ADDRESS);
    expect(alice!.privateKey).toEqual(await deriveKey(MNEMONIC));
    // By address under whatever prefix.
    expect(await ring.get(toBech32("osmo", alice!.address))).toEqual(alice);
  });

  test("asks for its passphrase once, and tells a wrong one", async () => {
    let asked = 0;
    const files = inMemory();
    const ring = openKeyring({ files, passphrase: async () => `secret ${++asked}` });
    const { key } = await deriveKey(MNEMONIC);
    await ring.add("alice", { algo: "secp256k1", key });
    await ring.get("alice");
    expect(asked).toBe(1);
    for (const text of files.values()) expect(text).not.toContain(Buffer.from(key).toString("base64"));
    await expect(withPassphrase(files, "secret 2").get("alice")).rejects.toMatchObject({
      code: "wrong-passphrase",
    });
    const [header, ...parts] = files.get("alice.info")!.split(".");
    parts[2] = `A${parts[2]!.slice(1)}`;
    if (parts[2] === files.get("alice.info")!.split(".")[3]) parts[2] = `B${parts[2].slice(1)}`;
    files.set("alice.info", [header, ...parts].join("."));
    await expect(ring.get("alice")).rejects.toMatchObject({ code: "damaged" });
    files.set("alice.info", "rubbish");
    await expect(ring.get("alice")).rejects.toMatchObject({ code: "damaged" });
  });

  test("adds, renames and removes keys, each once", async () => {
    const files = inMemory();
    const ring = withPassphrase(files, "p");
    const [one, two] = [await deriveKey(MNEMONIC), await deriveKey(MNEMONIC, hdPath({ index: 1 }))];
    const record = await ring.add("one", one);
    await expect(ring.add("one", two)).rejects.toMatchObject({ code: "key-exists" });
    await expect(ring.add("other", one)).rejects.toMatchObject({ code: "key-exists" });
    await ring.add("two words", two);
    expect((await ring.list()).map(({ name }) => name)).toEqual(["one", "two words"]);
    await expect(ring.rename("one", "two words")).rejects.toMatchObject({ code: "key-exists" });
    await ring.rename("one", "eins");
    expect(ring.has("one")).toBe(false);
    expect(await ring.get(toBech32("cosmos", record.address))).toEqual({ ...record, name: "eins" });
    await ring.remove("eins");
    await ring.remove("two words");
    expect([...files.keys()]).toEqual([]);
    await expect(ring.get("eins")).rejects.toMatchObject({ code: "unknown-key" });
  });

  test("keeps keys that sign elsewhere and groups' keys, and renames them", async () => {
    const ring = withPassphrase(inMemory(), "p");
    const { pubKeyAny } = await ring.add("own", await deriveKey(MNEMONIC));
    await expect(ring.addPublic("same", "offline", pubKeyAny)).rejects.toMatchObject({ code: "key-exists" });
    await ring.remove("own");
    const seen = await ring.addPublic("seen", "offline", pubKeyAny);
    expect([seen.kind, seen.privateKey]).toEqual(["offline", undefined]);
    const group = {
      typeUrl: "/cosmos.crypto.multisig.LegacyAminoPubKey",
      value: LegacyAminoPubKey.encode({ threshold: 1, publicKeys: [pubKeyAny] }).finish(),
    };
    const kept = await ring.addPublic("group", "multi", group);
    expect(await ring.rename("group", "board")).toEqual({ ...kept, name: "board" });
    expect((await ring.list()).map(({ name, kind }) => [name, kind])).toEqual([
      ["board", "multi"],
      ["seen", "offline"],
    ]);
    expect(kept.pubKey).toMatchObject({ threshold: 1, public_keys: [seen.pubKey] });
  });

  test.each(["not a mnemonic", MNEMONIC.replace(/ \w+$/, ""), ""])("%p is no mnemonic", (text) =>
    expect(looksLikeMnemonic(text)).toBe(false),
  );

  test("a mnemonic is one in any case, and with a wrong checksum", () => {
    expect(looksLikeMnemonic(MNEMONIC.toUpperCase())).toBe(true);
    expect(looksLikeMnemonic("abandon ".repeat(12))).toBe(true);
  });

  test.each(["", "a/b", "../a", "-x", ".x", " x", "x ", "a\\b", "a\u0000b", "a%b", "x".repeat(129)])(
    "refuses the name %p",
    async (name) => {
      const key = { algo: "secp256k1", key: utf8("k".repeat(32)) } as const;
      await expect(withPassphrase(inMemory(), "p").add(name, key)).rejects.toMatchObject({
        code: "bad-name",
      });
    },
  );

  test("knows its passphrase by the hash that Go's file backend writes", async () => {
    // written by `interchain-security-pd keys add --keyring-backend file`
    expect(await matchesKeyhash("passw0rd1", GO_KEYHASH)).toBe(true);
    expect(await matchesKeyhash("passw0rd2", GO_KEYHASH)).toBe(false);
    expect(await matchesKeyhash("x y", await createKeyhash("x y"))).toBe(true);
    await expect(matchesKeyhash("x", "y")).rejects.toMatchObject({ code: "damaged" });
  });
});
