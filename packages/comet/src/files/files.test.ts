import { EMPTY, ed25519Verify, sha256, toBase64, toHex, utf8 } from "@tandem-ics/crypto";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import fc from "fast-check";
import { zeroBlockId } from "../block-id.ts";
import { isCometError } from "../errors.ts";
import { voteExtensionSignBytes, voteSignBytes } from "../sign-bytes.ts";
import { makeGenesis, makeVote, memberOf, START_NS, someBlockId } from "../testing.ts";
import { nsToTimestamp } from "../time.ts";
import { genesisToCometJson, genesisToSdkJson, parseGenesis } from "./genesis.ts";
import { rawMember } from "./raw-member.ts";
import { emptySignState, signProposal, signStateFromJson, signStateToJson, signVote } from "./sign-state.ts";
import {
  keyPairOfSeed,
  nodeId,
  nodeKeyFromJson,
  nodeKeyToJson,
  privValidatorKeyFromJson,
  privValidatorKeyToJson,
} from "./validator-key.ts";

const seed = sha256(utf8("key"));
const pair = keyPairOfSeed(seed);
const chainId = "test-1";
const codeOf = (f: () => unknown): string | undefined => {
  try {
    f();
    return undefined;
  } catch (error) {
    if (isCometError(error)) return error.code;
    throw error;
  }
};

describe("key files", () => {
  test("hold address, public key, and seed followed by public key", () => {
    const text = privValidatorKeyToJson(pair);
    const json = JSON.parse(text);
    expect(json.address).toBe(toHex(sha256(pair.publicKey).slice(0, 20)).toUpperCase());
    expect(json.pub_key).toEqual({ type: "tendermint/PubKeyEd25519", value: toBase64(pair.publicKey) });
    expect(json.priv_key).toEqual({
      type: "tendermint/PrivKeyEd25519",
      value: toBase64(Uint8Array.of(...seed, ...pair.publicKey)),
    });
    expect(privValidatorKeyFromJson(text)).toEqual(pair);
    expect(nodeKeyFromJson(nodeKeyToJson(pair))).toEqual(pair);
    expect(nodeId(pair.publicKey)).toBe(json.address.toLowerCase());
  });

  test.each([
    ["of another type", { type: "tendermint/PrivKeySecp256k1", value: toBase64(new Uint8Array(64)) }],
    ["of 32 bytes", { type: "tendermint/PrivKeyEd25519", value: toBase64(seed) }],
    [
      "whose halves do not fit",
      { type: "tendermint/PrivKeyEd25519", value: toBase64(Uint8Array.of(...seed, ...seed)) },
    ],
    ["that is missing", undefined],
  ])("a key %s is refused", (_, key) => {
    expect(codeOf(() => nodeKeyFromJson(JSON.stringify({ priv_key: key })))).toBe("invalidJson");
  });
});

describe("the guard against double signs", () => {
  const vote = makeVote(chainId, seed, { blockId: someBlockId("a"), height: 5n, round: 1 });
  const sign = (state: ReturnType<typeof emptySignState>, message: Vote) =>
    signVote({ seed, state, chainId, message });
  const { state, vote: signed } = sign(emptySignState(), vote);

  test("signs what comes later in height, round or step", () => {
    expect(ed25519Verify(pair.publicKey, voteSignBytes(chainId, signed), signed.signature)).toBe(true);
    expect(state).toMatchObject({ height: 5n, round: 1, step: 3, signature: signed.signature });
    sign(state, { ...vote, height: 6n, round: 0, type: 1 });
    sign(state, { ...vote, round: 2, type: 1 });
    const prevoted = sign(emptySignState(), { ...vote, type: 1 }).state;
    sign(prevoted, vote);
  });

  test("refuses what comes before", () => {
    for (const earlier of [{ height: 4n, round: 9 }, { round: 0 }, { type: 1 }])
      expect(codeOf(() => sign(state, { ...vote, ...earlier }))).toBe("signRegression");
    const proposal = { ...vote, type: 32, polRound: -1 };
    expect(codeOf(() => signProposal({ seed, state, chainId, message: proposal }))).toBe("signRegression");
  });

  test("refuses another message at the same height, round and step", () => {
    expect(codeOf(() => sign(state, { ...vote, blockId: someBlockId("b") }))).toBe("conflictingSignData");
    expect(codeOf(() => sign(state, { ...vote, blockId: zeroBlockId() }))).toBe("conflictingSignData");
    expect(codeOf(() => signVote({ seed, state, chainId: "test-2", message: vote }))).toBe(
      "conflictingSignData",
    );
  });

  test("gives the old signature and time for the same message at another time", () => {
    const later = { ...vote, timestamp: nsToTimestamp(START_NS + 5n) };
    const again = sign(state, later);
    expect(again.vote.signature).toEqual(signed.signature);
    expect(again.vote.timestamp).toEqual(vote.timestamp);
    expect(again.state).toBe(state);
  });

  test("proposals likewise, their time being elsewhere", () => {
    const message = { ...vote, type: 32, polRound: -1 };
    const first = signProposal({ seed, state: emptySignState(), chainId, message });
    const second = signProposal({
      seed,
      state: first.state,
      chainId,
      message: { ...message, timestamp: nsToTimestamp(0n) },
    });
    expect(second.proposal).toEqual(first.proposal);
    const other = { ...message, polRound: 0 };
    expect(codeOf(() => signProposal({ seed, state: first.state, chainId, message: other }))).toBe(
      "conflictingSignData",
    );
  });

  test("a state that lost its sign bytes signs nothing at its step", () => {
    const lost = { ...state, signBytes: EMPTY };
    expect(codeOf(() => sign(lost, vote))).toBe("signRegression");
  });

  test("extensions are signed where asked, for precommits of a block only", () => {
    const extend = (message: Vote) =>
      signVote({ seed, state: emptySignState(), chainId, message }, { withExtension: true }).vote
        .extensionSignature;
    const extended = { ...vote, extension: utf8("x") };
    expect(ed25519Verify(pair.publicKey, voteExtensionSignBytes(chainId, extended), extend(extended))).toBe(
      true,
    );
    expect(extend({ ...vote, blockId: zeroBlockId() }).length).toBe(0);
    expect(extend({ ...vote, type: 1 }).length).toBe(0);
  });

  test("is kept in a file, empty or not", () => {
    for (const s of [state, emptySignState()]) expect(signStateFromJson(signStateToJson(s))).toEqual(s);
    expect(JSON.parse(signStateToJson(emptySignState()))).toEqual({ height: "0", round: 0, step: 0 });
    expect(JSON.parse(signStateToJson(state)).signbytes).toBe(toHex(state.signBytes).toUpperCase());
  });
});

describe("genesis", () => {
  const appState = '{ "bank": {"supply":"12345678901234567890", "n": 18446744073709551615} }';
  const doc = makeGenesis([5n, 4n], { appState, initialHeight: 7n });

  test("CometBFT's form comes back, the application's state untouched", () => {
    const text = genesisToCometJson(doc);
    expect(parseGenesis(text)).toEqual(doc);
    expect(text).toContain(`"app_state":${appState}`);
    expect(JSON.parse(text)).toMatchObject({ initial_height: "7", app_hash: "", consensus_params: {} });
  });

  test("the SDK's form comes back", () => {
    const named = { ...doc, appName: "provider", appVersion: "v7" };
    const text = genesisToSdkJson(named);
    expect(parseGenesis(text)).toEqual(named);
    expect(JSON.parse(text)).toMatchObject({ initial_height: 7, app_hash: null, consensus: { params: {} } });
  });

  test("validators without a key, as interchain-security-cd exports them, are passed over in the SDK's form only", () => {
    const validators = [
      { address: "0102030405060708090A0B0C0D0E0F1011121314", pub_key: null, power: "7", name: "" },
    ];
    const sdk = { chain_id: "c-1", initial_height: 5, consensus: { validators }, app_state: {} };
    expect(parseGenesis(JSON.stringify(sdk)).validators).toEqual([]);
    expect(codeOf(() => parseGenesis(JSON.stringify({ chain_id: "c-1", validators, app_state: {} })))).toBe(
      "invalidGenesis",
    );
  });

  test("parameters and height have defaults; validators may be missing", () => {
    const parsed = parseGenesis(
      '{"chain_id":"x","genesis_time":"2026-01-01T00:00:00Z","initial_height":"0"}',
    );
    expect(parsed).toEqual(makeGenesis([], { chainId: "x", appState: "" }));
    expect(parseGenesis('{"chain_id":"x","initial_height":3,"app_hash":null}').initialHeight).toBe(3n);
  });

  const { pubKey } = memberOf(0, 1n).validator;
  const value = toBase64(pubKey.ed25519!);
  const validator = { pub_key: { type: "tendermint/PubKeyEd25519", value }, power: "1" };
  test.each([
    ["not JSON", "{"],
    ["without chain id", "{}"],
    ["with 51 bytes of chain id", JSON.stringify({ chain_id: "x".repeat(51) })],
    ["with a negative height", JSON.stringify({ chain_id: "x", initial_height: "-1" })],
    [
      "with impossible parameters",
      JSON.stringify({ chain_id: "x", consensus_params: { block: { max_bytes: "0" } } }),
    ],
    [
      "with a validator without power",
      JSON.stringify({ chain_id: "x", validators: [{ ...validator, power: "0" }] }),
    ],
    [
      "with an address of another key",
      JSON.stringify({ chain_id: "x", validators: [{ ...validator, address: "00" }] }),
    ],
  ])("%s is refused", (_, text) => {
    expect(codeOf(() => parseGenesis(text))).toBe("invalidGenesis");
  });
});

test("the text of a member is found in any object, however it is written", () => {
  const key = fc.constantFrom("a", "app_state", "}", '"', "é", "__proto__", "");
  fc.assert(
    fc.property(
      fc.dictionary(key, fc.jsonValue({ stringUnit: "binary" }), { noNullPrototype: true }),
      fc.integer({ min: 0, max: 2 }),
      (object, indent) => {
        const text = JSON.stringify(object, undefined, indent);
        for (const name of ["a", "app_state", "}", '"', "é", "__proto__", "", "b"]) {
          const raw = rawMember(text, name);
          if (!Object.hasOwn(object, name)) expect(raw).toBeUndefined();
          else expect(JSON.parse(raw!)).toEqual(JSON.parse(JSON.stringify(object[name])));
          expect(raw).toBe(raw?.trim());
        }
      },
    ),
  );
  expect(rawMember('{"a":1, "a" : [2,"]"] }', "a")).toBe('[2,"]"]');
  expect(rawMember("[1]", "a")).toBeUndefined();
});
