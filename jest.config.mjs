export default {
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["@tandem-ics/source", "node", "node-addons"] },
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      {
        swcrc: false,
        jsc: { target: "es2023", parser: { syntax: "typescript" } },
        module: { type: "commonjs" },
      },
    ],
  },
  // CosmJS is CommonJS and requires these ESM-only packages; the CommonJS transform serves both.
  transformIgnorePatterns: ["/node_modules/\\.pnpm/(?!(@noble|@scure|readonly-date-esm)[+@])"],
  // What is too slow is told by benchmarks; a busy machine is no failure.
  testTimeout: 30_000,
  testMatch: ["<rootDir>/packages/*/src/**/*.test.ts", "<rootDir>/test/**/*.test.ts"],
  // Programs of others: `pnpm test:interop`, `pnpm test:hermes`.
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/interop/", "<rootDir>/test/hermes/"],
  reporters: ["default", "<rootDir>/test/unused-files.mjs", "<rootDir>/test/counts.mjs"],
  modulePathIgnorePatterns: ["<rootDir>/packages/[^/]+/dist/"],
};
