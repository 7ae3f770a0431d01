// The suites that run programs of others: built, started and ended here. Apart from `pnpm test`, for they take minutes
// and want a Go toolchain.
import { fileURLToPath } from "node:url";
import shared from "../../jest.config.mjs";

const { testPathIgnorePatterns: _, ...config } = shared;

export default {
  ...config,
  rootDir: fileURLToPath(new URL("../..", import.meta.url)),
  testMatch: ["<rootDir>/test/interop/**/*.test.ts"],
  reporters: ["default", "<rootDir>/test/counts.mjs"],
  globalSetup: "<rootDir>/test/interop/peers/setup.mjs",
  // Each suite runs several nodes; two side by side would only measure how they starve each other.
  maxWorkers: 1,
  testTimeout: 300_000,
};
