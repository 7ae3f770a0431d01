// Dependencies point down this list only: a package may import what stands above it.
const LAYERS = [
  "crypto",
  "proto",
  "store",
  "comet",
  "runtime",
  "modules",
  "ibc",
  "ccv",
  "abci",
  "node",
  "client",
  "relayer",
  "localnet",
  "conformance",
  "cli",
];
// Narrower than the order: people who only talk to chains must get no chain.
const ONLY = {
  proto: [],
  abci: ["crypto", "proto", "comet", "runtime"],
  client: ["crypto", "proto", "comet", "store/src/ics23", "ibc/src/24-host"],
  relayer: ["crypto", "proto", "comet", "store/src/ics23", "ibc/src/24-host", "client"],
  cli: [
    "crypto",
    "proto",
    "store",
    "comet",
    "runtime",
    "ccv",
    "node",
    "abci",
    "client",
    "relayer",
    "localnet",
    "conformance",
  ],
};

const src = (name) => `^packages/${name}/src`;
const upwards = LAYERS.slice(0, -1).map((name, i) => ({
  name: `${name}-imports-nothing-above`,
  comment: "A layer never knows what is built on it.",
  severity: "error",
  from: { path: src(name) },
  to: { path: LAYERS.slice(i + 1).map((upper) => src(upper)) },
}));
const narrow = Object.entries(ONLY).map(([name, allowed]) => ({
  name: `${name}-only-its-parts`,
  comment: "Kept installable without the packages it does not need.",
  severity: "error",
  from: { path: src(name), pathNot: "\\.test\\.ts$" },
  to: {
    path: "^packages/",
    pathNot: [src(name), ...allowed.map((a) => (a.includes("/") ? `^packages/${a}` : src(a)))],
  },
}));

module.exports = {
  forbidden: [
    ...upwards,
    ...narrow,
    {
      name: "no-cycle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "pure-layers-without-node",
      comment: "Below the node package nothing reads clocks, disks or the network.",
      severity: "error",
      from: {
        path: "^packages/(proto|store|comet|runtime|modules|ibc|ccv|client)/src",
        pathNot: ["\\.test\\.ts$", "^packages/store/src/lmdb", "^packages/store/src/snapshots/directory"],
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "provider-and-consumer-apart",
      comment: "They share ccv/types; only ccv/apps composes both.",
      severity: "error",
      from: { path: "^packages/ccv/src/(provider|consumer)/", pathNot: "\\.test\\.ts$" },
      to: { path: "^packages/ccv/src/(provider|consumer|apps)/", pathNot: "^packages/ccv/src/$1/" },
    },
    {
      name: "core-never-imports-an-app",
      severity: "error",
      from: { path: "^packages/ibc/src/0" },
      to: { path: "^packages/ibc/src/20-transfer" },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    exclude: { path: "/dist/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@tandem-ics/source", "import", "node", "default"],
      extensions: [".ts", ".js"],
    },
  },
};
