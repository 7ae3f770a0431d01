// The suites that run an unmodified Hermes between chains. Apart from `pnpm test`, for they take minutes and want a Hermes.
import { fileURLToPath } from "node:url";
import interop from "../interop/jest.config.mjs";

export default {
  ...interop,
  rootDir: fileURLToPath(new URL("../..", import.meta.url)),
  testMatch: ["<rootDir>/test/hermes/**/*.test.ts"],
  globalSetup: "<rootDir>/test/hermes/setup.mjs",
};
