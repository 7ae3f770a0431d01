/** Traps of JavaScript: where the language would quietly give something else than Go does. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createProviderApp, defaultProviderGenesis } from "@tandem-ics/ccv";
import { ed25519Sign, ed25519Verify, fromHex, sha256, toHex, utf8 } from "@tandem-ics/crypto";
import {
  formatTimestamp,
  fromProtoJson,
  nsToTimestamp,
  parseJson,
  stringifyJson,
  timestampToNs,
} from "@tandem-ics/proto";
import { createMemoryBackend } from "@tandem-ics/store";
import { Timestamp } from "cosmjs-types/google/protobuf/timestamp";
import { CheckTxType, RequestCheckTx } from "cosmjs-types/tendermint/abci/types";
import { drive, staked, through } from "../../packages/ccv/src/testing/staked-chain.ts";
import { createTestProvider, keyJson, refusalCode, testOperator } from "./kits.ts";

const root = join(__dirname, "../..");

/** Source files of the deterministic layers. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "testing" || entry.name === "gen" ? [] : sources(path);
    return /(?<!\.test)\.ts$/.test(entry.name) && !/testing\.ts$/.test(entry.name) ? [path] : [];
  });
}
const PURE = ["store", "comet", "runtime", "modules", "ibc", "ccv"].flatMap((name) =>
  sources(join(root, "packages", name, "src")),
);
/** Code without comments and strings, roughly: what is left is what runs. */
const codeOf = (path: string): string =>
  readFileSync(path, "utf8")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""');

describe("[sec-js-01] time is whole nanoseconds", () => {
  test("from end to end: no digit is lost that a number or a Date would lose", () => {
    for (const ns of [1_767_225_600_123_456_789n, 1n, -1n, 253_402_300_799_999_999_999n]) {
      expect(timestampToNs(nsToTimestamp(ns))).toBe(ns);
      const decoded = Timestamp.decode(Timestamp.encode(nsToTimestamp(ns)).finish());
      expect(timestampToNs(decoded)).toBe(ns);
    }
    expect(formatTimestamp(1_767_225_600_123_456_789n)).toBe("2026-01-01T00:00:00.123456789Z");
  });

  test("no deterministic layer knows Date, clocks or random numbers", () => {
    const bad = PURE.filter((path) =>
      /\bDate\b|Math\.random|performance\.now|setTimeout|process\./.test(codeOf(path)),
    );
    expect(bad.map((path) => path.slice(root.length + 1))).toEqual([]);
  });
});

describe("[sec-js-02] order of maps and objects is no input of consensus", () => {
  test("two applications that are given the same in another order have the same state", () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([k, v]) => [k, reversed(v)]),
            )
          : value;
    const genesis = staked(defaultProviderGenesis());
    const hashes = [genesis, through(reversed(genesis) as typeof genesis)].map((state) => {
      const { block } = drive(createProviderApp({ backend: createMemoryBackend() }), "provider-1", state);
      return [block(), block(), block()].map(({ appHash }) => toHex(appHash));
    });
    expect(hashes[0]).toEqual(hashes[1]);
  });

  test("and the same in another process, with another locale and time zone", () => {
    const script = `
      import { createProviderApp, defaultProviderGenesis } from "@tandem-ics/ccv";
      import { createMemoryBackend } from "@tandem-ics/store";
      import { drive, staked } from ${JSON.stringify(join(root, "packages/ccv/src/testing/staked-chain.ts"))};
      const { block } = drive(createProviderApp({ backend: createMemoryBackend() }), "provider-1", staked(defaultProviderGenesis()));
      console.log([block(), block()].map(({ appHash }) => Buffer.from(appHash).toString("hex")).join());
    `;
    const run = (env: NodeJS.ProcessEnv): string =>
      execFileSync(
        process.execPath,
        ["--import", "tsx", "--conditions=@tandem-ics/source", "--input-type=module", "-e", script],
        { cwd: join(root, "test"), env: { ...process.env, ...env }, encoding: "utf8" },
      );
    const here = run({});
    expect(here).toMatch(/^[0-9a-f]{64},[0-9a-f]{64}\n$/);
    expect(run({ LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8", TZ: "Pacific/Kiritimati" })).toBe(here);
  }, 60_000);
});

describe("[sec-js-03] locale and Intl", () => {
  test("are used by no deterministic layer", () => {
    const bad = PURE.filter((path) => /localeCompare|toLocale|\bIntl\b/.test(codeOf(path)));
    expect(bad.map((path) => path.slice(root.length + 1))).toEqual([]);
  });
});

describe("[sec-js-04] unpaired surrogates", () => {
  test("are no text: they are refused, not turned into something else", () => {
    for (const text of ['"\\ud800"', '{"a":"\\udc00x"}']) {
      let read: unknown;
      try {
        read = parseJson(text);
      } catch {
        continue;
      }
      // Go's decoder puts the replacement character in their place, and so the bytes are the same on every machine.
      expect(stringifyJson(read as never)).not.toMatch(/[\ud800-\udfff]/);
    }
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(utf8("\ud800"))).not.toThrow();
    expect(toHex(utf8("\ud800"))).toBe("efbfbd");
  });
});

describe("[sec-js-05] names that objects have by themselves", () => {
  const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  test.each(NAMES)("%s in JSON is a field like another, unknown and refused", (name) => {
    expect(() => fromProtoJson("cosmos.base.v1beta1.Coin", parseJson(`{"${name}":{"denom":"x"}}`))).toThrow();
    expect(({} as { denom?: string }).denom).toBeUndefined();
  });

  test.each(NAMES)("%s as a denomination, an id, a key or a path finds nothing", (name) => {
    const chain = createTestProvider();
    const id = chain.create();
    expect(refusalCode(() => chain.optIn(name, 1))).not.toBe("none");
    expect(refusalCode(() => chain.optIn(id, 1, `{"@type":"${name}","key":"AA=="}`))).not.toBe("none");
    const app = createProviderApp({ backend: createMemoryBackend() });
    expect(() => app.grpcQuery({ path: name, data: new Uint8Array() })).toThrow(/unknown method/);
    expect([keyJson(1).length > 0, testOperator(1).length]).toEqual([true, 20]);
  });
});

describe("[sec-js-06] protobuf is read as Go reads it", () => {
  const { app, block } = drive(
    createProviderApp({ backend: createMemoryBackend() }),
    "provider-1",
    staked(defaultProviderGenesis()),
  );
  block();
  test.each([
    ["an unknown field", "0a021a00f83f01"],
    ["a varint of eleven bytes", "0affffffffffffffffffff0100"],
    ["a length beyond the end", "0a7f00"],
    ["a group without end", "0b"],
    ["field number zero", "0200"],
  ])("a transaction with %s is refused by every node alike", (_, hex) => {
    const codes = [1, 2].map(() =>
      app.checkTx(RequestCheckTx.fromPartial({ tx: fromHex(hex), type: CheckTxType.NEW })),
    );
    expect(codes.map(({ code, codespace }) => `${codespace}/${code}`)).toEqual(["sdk/2", "sdk/2"]);
  });
});

describe("[sec-js-07] nothing happens in between", () => {
  test("no deterministic layer is asynchronous: nobody can interleave", () => {
    const bad = PURE.filter((path) =>
      /\basync\b|\bawait\b|\bPromise\b|\.then\(|queueMicrotask/.test(codeOf(path)),
    );
    expect(
      bad
        .map((path) => path.slice(root.length + 1))
        .filter((path) => !/settling-backend|snapshots\//.test(path)),
    ).toEqual([]);
  });
});

describe("[sec-js-08] one rule for Ed25519 signatures", () => {
  const seed = sha256(utf8("seed"));
  const message = utf8("message");
  // Order of the base point.
  const L = 7237005577332262213973186563042994240857116359379907606001950938285454250989n;
  const le = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const toLe = (value: bigint): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));

  test("a scalar that is not reduced is refused", async () => {
    const { ed25519PublicKey } = await import("@tandem-ics/crypto");
    const publicKey = ed25519PublicKey(seed);
    const signature = ed25519Sign(seed, message);
    expect(ed25519Verify(publicKey, message, signature)).toBe(true);
    const malleable = Uint8Array.from([...signature.slice(0, 32), ...toLe(le(signature.slice(32)) + L)]);
    expect(ed25519Verify(publicKey, message, malleable)).toBe(false);
  });

  test("points of small order are accepted as ZIP-215 says, as CometBFT's nodes do", () => {
    // The identity as key and as R, with scalar 0: every message verifies by the cofactored equation.
    const identity = toLe(1n);
    expect(ed25519Verify(identity, message, Uint8Array.from([...identity, ...toLe(0n)]))).toBe(true);
  });
});
