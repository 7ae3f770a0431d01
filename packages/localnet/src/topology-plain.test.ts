import { resolveAccounts } from "./accounts.ts";
import { plainMembers } from "./plain.ts";
import { createTopology, parseTopology, type TopologyInput } from "./topology.ts";

const WORDS = "enlist hip relief stomach skate base shallow young switch frequent cry park";

test("chains and nothing of a provider: there is none", () => {
  const { provider, validators, consumers, chains } = createTopology({ chains: [{ name: "hub" }] });
  expect([provider, validators, consumers]).toEqual([undefined, [], []]);
  expect(chains[0]).toMatchObject({ name: "hub", chainId: "hub", stakeDenom: "stake", feeDenom: "stake" });
  expect(createTopology({ chains: [{ name: "hub" }], consumers: 1 }).provider?.chainId).toBe("provider");
  expect(createTopology({}).provider?.chainId).toBe("provider");
});

test("accounts that validators, relayers and faucets need are made where the list has none", () => {
  const { chains } = createTopology({
    chains: [
      { name: "a", accounts: [{ name: "user" }], validators: 2, faucet: {} },
      { name: "b", accounts: [{ name: "relayer" }], validators: [{ name: "v", operator: "relayer" }] },
    ],
    paths: [{ chains: ["a", "b"] }],
  });
  expect(chains.map((c) => c.accounts.map((a) => a.name))).toEqual([
    ["alice", "bob", "user", "relayer", "faucet"],
    ["relayer"],
  ]);
});

test("a merge key lets a second instance say only what is different", () => {
  const { chains } = parseTopology(
    "chains: [&a { name: a, chainId: x, blockTime: 1s }, { <<: *a, name: b, blockTime: 2s }]",
  );
  expect(chains.map((c) => [c.name, c.chainId, c.blockTimeNs])).toEqual([
    ["a", "x", 1_000_000_000n],
    ["b", "x", 2_000_000_000n],
  ]);
});

test("instances of one genesis have the same validator keys", () => {
  const members = plainMembers(
    createTopology({
      chains: [
        { name: "a", chainId: "x" },
        { name: "b", chainId: "x" },
        { name: "c", chainId: "y" },
      ],
    }),
  );
  const keyOf = (chain: string) => members.get(chain)!.validators.get("alice")!.consensus.pubKey;
  expect(keyOf("a")).toEqual(keyOf("b"));
  expect(keyOf("a")).not.toEqual(keyOf("c"));
});

test("accounts of one mnemonic count up the path's last number; members may stand after their multisig", () => {
  const accounts = resolveAccounts(
    [
      { name: "both", multisig: { threshold: 2, members: ["user-0", "user-1"] } },
      { name: "user", mnemonic: WORDS, count: 2 },
      { name: "single", mnemonic: WORDS, hdPath: "m/44'/118'/0'/0/1" },
    ],
    "seed",
    "test",
  );
  expect(accounts.map((a) => a.name)).toEqual(["both", "user-0", "user-1", "single"]);
  expect(accounts[3]!.address).toEqual(accounts[2]!.address);
  expect(accounts[1]!.address).not.toEqual(accounts[2]!.address);
  expect(accounts[0]!.key).toBeUndefined();
  expect(accounts[0]!.address).toHaveLength(20);
});

const chain = { name: "a" };
test.each<[string, TopologyInput, RegExp]>([
  ["no chains at all", { provider: false }, /there are no chains either/],
  [
    "validators of no provider",
    { provider: false, chains: [chain], validators: 2 },
    /validators: there are none/,
  ],
  ["accounts of no provider", { chains: [chain], accounts: [{ name: "x" }] }, /chains list their own/],
  ["one name twice", { chains: [chain, chain] }, /two chains have the name a/],
  [
    "the provider's id",
    { consumers: 0, chains: [{ name: "a", chainId: "provider" }] },
    /two chains have the id/,
  ],
  ["a path to nowhere", { chains: [chain], paths: [{ chains: ["a", "b"] }] }, /b, which is no chain/],
  [
    "a path between instances",
    { chains: [chain, { name: "b", chainId: "a" }], paths: [{ chains: ["a", "b"] }] },
    /joins a chain to itself/,
  ],
  [
    "an account twice",
    { chains: [{ name: "a", accounts: [{ name: "x-0" }, { name: "x", count: 1 }] }] },
    /two accounts x-0/,
  ],
  [
    "an account of two kinds",
    { chains: [{ name: "a", accounts: [{ name: "x", mnemonic: WORDS, address: "cosmos1x" }] }] },
    /one of mnemonic, address and multisig/,
  ],
  [
    "a field that no module has",
    { chains: [{ name: "a", genesis: { staking: { params: { max_entry: 7 } } } }] },
    /a\.genesis\.staking\.params: there is no field "max_entry"/,
  ],
  [
    "a value of another kind",
    { chains: [{ name: "a", genesis: { staking: { params: { max_entries: [7] } } } }] },
    /max_entries: a number is expected, not a list/,
  ],
  [
    "a module that a consumer has not",
    { consumers: [{ name: "c", genesis: { staking: {} } }] },
    /c\.genesis: there is no field "staking"/,
  ],
  [
    "consensus parameters out of bounds",
    { chains: [{ name: "a", consensusParams: { block: { max_bytes: 0 } } }] },
    /max_?bytes/i,
  ],
])("refuses %s", (_, input, message) => {
  expect(() => createTopology(input)).toThrow(message);
});

test.each<[string, NonNullable<TopologyInput["chains"]>[number], RegExp]>([
  [
    "a mnemonic that is none, without telling it",
    { name: "a", accounts: [{ name: "x", mnemonic: "very secret words" }] },
    /^chain a: the mnemonic of x is none of BIP-39, or its hdPath is none$/,
  ],
  [
    "an address that is none",
    { name: "a", accounts: [{ name: "x", address: "cosmos1x" }] },
    /the address of x is none/,
  ],
  [
    "more signatures than members",
    { name: "a", accounts: [{ name: "x" }, { name: "m", multisig: { threshold: 2, members: ["x"] } }] },
    /2 of 1 members cannot sign/,
  ],
  [
    "an operator without a key",
    {
      name: "a",
      accounts: [{ name: "x", address: "cosmos1cjsxept9rkggzxztslae9ndgpdyt2408lk850u" }],
      validators: [{ name: "v", operator: "x" }],
    },
    /operated by x, which is no account with a key/,
  ],
])("refuses %s", (_, input, message) => {
  expect(() => plainMembers(createTopology({ chains: [input] }))).toThrow(message);
});
