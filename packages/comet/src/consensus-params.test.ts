import { maxDataBytes, txProtoSize } from "./block.ts";
import {
  defaultConsensusParams,
  updateConsensusParams,
  validateConsensusParams,
  validateConsensusParamsUpdate,
  voteExtensionsEnabled,
} from "./consensus-params.ts";
import { isCometError } from "./errors.ts";

const codeOf = (f: () => unknown): unknown => {
  try {
    f();
    return undefined;
  } catch (error) {
    if (isCometError(error)) return error.code;
    throw error;
  }
};

describe("limits", () => {
  test("a block of default size with one validator leaves 22 019 254 bytes", () => {
    expect(maxDataBytes(22_020_096n, 0n, 1)).toBe(22_019_254n);
    expect(maxDataBytes(22_020_096n, 100n, 2)).toBe(22_019_254n - 211n);
    expect([0, 127, 128].map((n) => txProtoSize(new Uint8Array(n)))).toEqual([2n, 129n, 131n]);
  });

  const params = defaultConsensusParams();
  test.each([
    ["block.max_bytes 0", { block: { maxBytes: 0n, maxGas: 0n } }],
    ["block.max_bytes below −1", { block: { maxBytes: -2n, maxGas: 0n } }],
    ["block.max_bytes above 100 MiB", { block: { maxBytes: 104_857_601n, maxGas: 0n } }],
    ["block.max_gas below −1", { block: { maxBytes: -1n, maxGas: -2n } }],
    ["evidence.max_age_num_blocks 0", { evidence: { ...params.evidence, maxAgeNumBlocks: 0n } }],
    [
      "evidence.max_age_duration 0",
      { evidence: { ...params.evidence, maxAgeDuration: { seconds: 0n, nanos: 0 } } },
    ],
    ["evidence.max_bytes above the block's", { evidence: { ...params.evidence, maxBytes: 22_020_097n } }],
    ["evidence.max_bytes below 0", { evidence: { ...params.evidence, maxBytes: -1n } }],
    ["no key type", { validator: { pubKeyTypes: [] } }],
    ["an unknown key type", { validator: { pubKeyTypes: ["sr25519"] } }],
    ["a negative extension height", { abci: { voteExtensionsEnableHeight: -1n } }],
  ])("parameters with %s are refused", (_, change) => {
    validateConsensusParams(params);
    expect(codeOf(() => validateConsensusParams({ ...params, ...change }))).toBe("invalidConsensusParams");
  });

  test.each([
    [0n, 0n, true],
    [0n, 11n, true],
    [0n, 10n, false],
    [0n, -1n, false],
    [12n, 12n, true],
    [12n, 0n, true],
    [12n, 15n, true],
    [12n, 10n, false],
    [10n, 0n, false],
    [10n, 15n, false],
    [5n, 5n, true],
  ])("at height 10 the extension height may go from %s to %s: %s", (current, wanted, allowed) => {
    const from = { ...params, abci: { voteExtensionsEnableHeight: current } };
    const update = { abci: { voteExtensionsEnableHeight: wanted } };
    expect(codeOf(() => validateConsensusParamsUpdate(from, update, 10n))).toBe(
      allowed ? undefined : "invalidConsensusParams",
    );
  });

  test("an update changes what it names, in a new value", () => {
    const next = updateConsensusParams(params, { validator: { pubKeyTypes: ["secp256k1"] } });
    expect(next).toEqual({ ...params, validator: { pubKeyTypes: ["secp256k1"] } });
    next.block.maxGas = 1n;
    expect(params.block.maxGas).toBe(-1n);
    expect(voteExtensionsEnabled(params, 5n)).toBe(false);
    expect(voteExtensionsEnabled({ abci: { voteExtensionsEnableHeight: 5n } }, 5n)).toBe(true);
    expect(voteExtensionsEnabled({ abci: { voteExtensionsEnableHeight: 6n } }, 5n)).toBe(false);
  });
});
