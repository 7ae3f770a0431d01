import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  aminoName,
  codecOf,
  decodeAny,
  encodeAny,
  enumDescriptor,
  hasMessage,
  implementationsOf,
  interfaceNames,
  messageDescriptor,
  messageNames,
  methods,
  msgTypes,
  ProtoError,
  signersOf,
  toAminoJson,
  typeRegistry,
  typeUrlOfAminoName,
} from "./index.ts";

describe("the registry", () => {
  test("has a codec and a descriptor for every type, and one type per amino name", () => {
    expect(typeRegistry.size).toBeGreaterThan(150);
    for (const [typeUrl, { typeName, codec }] of typeRegistry) {
      expect(typeUrl).toBe(`/${typeName}`);
      expect(codec).toBe(codecOf(typeName));
      expect(codec.typeUrl).toBe(typeUrl);
    }
    const names = [...typeRegistry.keys()].map(aminoName);
    expect(new Set(names).size).toBe(names.length);
    expect(names.map(typeUrlOfAminoName)).toEqual([...typeRegistry.keys()]);
  });

  test("knows every message of every Msg service, and its signers are fields of it", () => {
    const requests = methods()
      .filter((m) => m.service.endsWith(".Msg"))
      .map((m) => `/${m.request}`);
    expect(msgTypes.map((m) => m.typeUrl)).toEqual(expect.arrayContaining(requests));
    for (const { typeUrl, signers } of msgTypes) {
      const { byName } = messageDescriptor(typeUrl.slice(1));
      for (const signer of signers) expect([typeUrl, byName.has(signer)]).toEqual([typeUrl, true]);
    }
  });

  test("packs and unpacks, and refuses what is not registered or not accepted", () => {
    const key = encodeAny("/cosmos.crypto.ed25519.PubKey", { key: Uint8Array.of(1, 2) });
    expect(decodeAny(key, "cosmos.crypto.PubKey").message).toEqual({ key: Uint8Array.of(1, 2) });
    expect(() => decodeAny(key, "cosmos.gov.v1beta1.Content")).toThrow(ProtoError);
    expect(() => decodeAny({ typeUrl: "/cosmos.bank.v1beta1.Params", value: new Uint8Array(0) })).toThrow(
      ProtoError,
    );
    expect(() =>
      decodeAny({ typeUrl: "/cosmos.crypto.ed25519.PubKey", value: Uint8Array.of(0x0a, 5) }),
    ).toThrow(ProtoError);
    expect(() => encodeAny("/no.such.Type", {})).toThrow(ProtoError);
  });

  test("every interface has registered implementations", () => {
    for (const name of interfaceNames()) {
      expect(implementationsOf(name).length).toBeGreaterThan(0);
      for (const typeUrl of implementationsOf(name)) expect(typeRegistry.has(typeUrl)).toBe(true);
    }
    expect(implementationsOf("no.such.Interface")).toEqual([]);
  });
});

describe("descriptors", () => {
  test("every field's type is described and every codec has the described properties", () => {
    for (const name of messageNames()) {
      const descriptor = messageDescriptor(name);
      const sample = codecOf(name).fromPartial({}) as object;
      for (const field of descriptor.fields) {
        if (field.kind === "message")
          expect([name, field.type, hasMessage(field.type)]).toEqual([name, field.type, true]);
        if (field.kind === "enum") expect(enumDescriptor(field.type).numberOf.size).toBeGreaterThan(0);
        const property = descriptor.unionOneofs && field.oneof !== undefined ? field.oneof : field.property;
        expect([name, property, property in sample]).toEqual([name, property, true]);
      }
    }
  });

  test("every method has described messages", () => {
    for (const { path, request, response } of methods()) {
      expect([path, hasMessage(request), hasMessage(response)]).toEqual([path, true, true]);
    }
  });

  test("the methods are those that the Go provider serves for our modules", () => {
    const file = join(
      process.env["GOLDEN_DIR"] ?? join(__dirname, "../../../test/data/golden"),
      "provider/grpc/methods.txt",
    );
    const notOurs =
      /^(testpb|grpc\.|cosmos\.(autocli|reflection|base\.reflection)\.|ibc\.core\.(channel|client)\.v2\.)/;
    const served = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .filter((m) => !notOurs.test(m));
    const described = methods().map(({ service, name }) => `${service}.${name}`);
    expect(served.filter((m) => !described.includes(m))).toEqual([]);
    const services = new Set(served.map((m) => m.slice(0, m.lastIndexOf("."))));
    const here = described.filter((m) => services.has(m.slice(0, m.lastIndexOf("."))));
    // ibc-go 10.1.1 serves it, but the recording does not list it.
    expect(here.filter((m) => !served.includes(m))).toEqual([]);
  });

  test("every query has a REST route whose placeholders are request fields", () => {
    for (const { service, name, request, http } of methods()) {
      if (service.endsWith(".Msg")) continue;
      expect([service, name, http?.path.startsWith("/")]).toEqual([service, name, true]);
      for (const [, field = ""] of (http?.path ?? "").matchAll(/\{(\w+)/g)) {
        expect([name, field, messageDescriptor(request).byName.has(field)]).toEqual([name, field, true]);
      }
    }
  });
});

describe("signers", () => {
  test("are read from the annotated field, also of another name or in nested messages", () => {
    expect(
      signersOf("/cosmos.bank.v1beta1.MsgSend", { fromAddress: "a", toAddress: "b", amount: [] }),
    ).toEqual(["a"]);
    expect(
      signersOf("/interchain_security.ccv.provider.v1.MsgOptIn", { signer: "s", providerAddr: "v" }),
    ).toEqual(["s"]);
    const inputs = [
      { address: "x", coins: [] },
      { address: "y", coins: [] },
      { address: "x", coins: [] },
    ];
    expect(signersOf("/cosmos.bank.v1beta1.MsgMultiSend", { inputs, outputs: [] })).toEqual(["x", "y"]);
  });

  test("are refused for what nobody signs", () => {
    expect(() => signersOf("/cosmos.bank.v1beta1.MsgSendResponse", {})).toThrow(ProtoError);
  });
});

describe("amino JSON beyond the vectors", () => {
  const key = encodeAny("/cosmos.crypto.secp256k1.PubKey", { key: Uint8Array.of(1, 2, 3) });

  test("a threshold key is its keys and the threshold as text", () => {
    expect(
      toAminoJson("/cosmos.crypto.multisig.LegacyAminoPubKey", { threshold: 1, publicKeys: [key] }),
    ).toEqual({
      type: "tendermint/PubKeyMultisigThreshold",
      value: { pubkeys: [{ type: "tendermint/PubKeySecp256k1", value: "AQID" }], threshold: "1" },
    });
  });

  test("messages without an amino name stand under their type URL, with empty values left out", () => {
    const typeUrl = "/interchain_security.ccv.provider.v1.MsgCreateConsumer";
    const message = codecOf(typeUrl.slice(1)).fromPartial({
      submitter: "s",
      infractionParameters: { downtime: { jailDuration: { seconds: 600n, nanos: 0 } } },
    });
    expect(toAminoJson(typeUrl, message)).toEqual({
      type: typeUrl,
      value: {
        submitter: "s",
        metadata: {},
        infraction_parameters: {
          downtime: { slash_fraction: "0.000000000000000000", jail_duration: "600000000000" },
        },
      },
    });
  });

  test("a oneof is a typed object under its CamelCase name", () => {
    const value = { allowList: { address: ["v"] }, authorizationType: 1 };
    expect(
      toAminoJson(
        "/cosmos.staking.v1beta1.StakeAuthorization",
        codecOf("cosmos.staking.v1beta1.StakeAuthorization").fromPartial(value),
      ),
    ).toEqual({
      type: "cosmos-sdk/StakeAuthorization",
      value: {
        Validators: {
          type: "cosmos-sdk/StakeAuthorization/AllowList",
          value: { allow_list: { address: ["v"] } },
        },
        authorization_type: 1,
      },
    });
  });

  test("a message that holds a CometBFT public key has no amino form, as in Go", () => {
    const typeUrl = "/interchain_security.ccv.provider.v1.MsgSubmitConsumerMisbehaviour";
    const validators = [{ pubKey: { ed25519: Uint8Array.of(1) } }];
    const message = codecOf(typeUrl.slice(1)).fromPartial({
      misbehaviour: { header1: { validatorSet: { validators } } },
    });
    expect(() => toAminoJson(typeUrl, message)).toThrow(ProtoError);
  });
});
