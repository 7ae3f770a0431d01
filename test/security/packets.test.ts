/** Packets and proofs of IBC: what must not outlive a failure, run twice, or be believed. */
import { EMPTY, sha256, utf8 } from "@tandem-ics/crypto";
import {
  CHANNEL_STATE,
  createIbcModule,
  decodeAcknowledgement,
  escrowAddress,
  type IbcApp,
  LOCALHOST_CONNECTION_ID,
  makeHeight,
  ORDERING,
  SENTINEL_PROOF,
} from "@tandem-ics/ibc";
import { parseJson } from "@tandem-ics/proto";
import {
  CodedError,
  type Context,
  createAddressCodecs,
  createTestContext,
  sdkErrors,
} from "@tandem-ics/runtime";
import { createMemoryBackend, createMultiStore } from "@tandem-ics/store";
import {
  calculateExistenceRoot,
  checkInner,
  decodeCommitmentProof,
  HASH,
  IAVL_SPEC,
  PROOF_SPECS,
  TENDERMINT_SPEC,
  verifyMembership,
  verifyMerkleMembership,
  verifyMerkleNonMembership,
  verifyNonMembership,
} from "@tandem-ics/store/ics23";
import type { ExistenceProof } from "cosmjs-types/cosmos/ics23/v1/proofs";
import type { Packet } from "cosmjs-types/ibc/core/channel/v1/channel";
import { MsgAcknowledgement, MsgRecvPacket, MsgTimeout } from "cosmjs-types/ibc/core/channel/v1/tx";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { Header, Misbehaviour } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { readAcknowledgement } from "../../packages/ccv/src/types/acknowledgement-text.ts";

const address = createAddressCodecs("cosmos").account;
const signer = address.encode(new Uint8Array(20));

/** A chain with an application and a channel to itself, over which proofs are a sentinel. */
function setup() {
  const ibc = createIbcModule({ address, authority: signer });
  const app: IbcApp = {
    onChanOpenInit: (_ctx, { version }) => version,
    onChanOpenTry: (_ctx, { counterpartyVersion }) => counterpartyVersion,
    onChanOpenAck() {},
    onChanOpenConfirm() {},
    onChanCloseInit() {},
    onChanCloseConfirm() {},
    onRecvPacket: () => ({ success: true, bytes: utf8('{"result":"AQ=="}') }),
    onAcknowledgementPacket() {},
    onTimeoutPacket() {},
  };
  ibc.router.add("mock", app);
  const ctx = createTestContext({ stores: [ibc.module], height: 10n });
  ibc.module.initGenesis!(ctx, ibc.module.defaultGenesis!(), { deliverTx() {} });
  ["channel-0", "channel-1"].forEach((channelId, i, ids) => {
    ibc.channel.setChannel(ctx, "mock", channelId, {
      state: CHANNEL_STATE.open,
      ordering: ORDERING.unordered,
      counterparty: { portId: "mock", channelId: ids[1 - i]! },
      connectionHops: [LOCALHOST_CONNECTION_ID],
      version: "v1",
    });
    const first = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1);
    ctx.kv("ibc").set(utf8(`nextSequenceSend/ports/mock/channels/${channelId}`), first);
  });
  function run<T>(
    codec: { typeUrl: string; encode(m: T): { finish(): Uint8Array }; fromPartial(m: never): T },
    message: object,
    on: Context = ctx,
  ) {
    const route = ibc.module.messages!.find(({ typeUrl }) => typeUrl === codec.typeUrl)!;
    const branch = on.branch();
    const full = { signer, proofHeight: makeHeight(1n, 1n), ...message };
    route.run(branch.ctx, codec.encode(codec.fromPartial(full as never)).finish());
    branch.commit();
    return branch.ctx.events.events;
  }
  const send = (timeoutHeight = makeHeight(1n, 100n)): Packet => {
    const outgoing = {
      sourcePort: "mock",
      sourceChannel: "channel-0",
      timeoutHeight,
      timeoutTimestamp: 0n,
      data: utf8("data"),
    };
    const sequence = ibc.channel.sendPacket(ctx, outgoing);
    return { ...outgoing, sequence, destinationPort: "mock", destinationChannel: "channel-1" };
  };
  return { ibc, app, ctx, run, send };
}

describe("[sec-27] Huckleberry: events are rolled back with the state", () => {
  test.each<[string, (ctx: Context) => ReturnType<IbcApp["onRecvPacket"]>]>([
    [
      "throws a refusal",
      () => {
        throw sdkErrors.insufficientFunds();
      },
    ],
    ["answers with an error", () => ({ success: false, bytes: utf8('{"error":"no"}') })],
  ])("of an application that %s", (_, answer) => {
    const { app, ctx, run, send } = setup();
    app.onRecvPacket = (on) => {
      on.kv("ibc").set(utf8("leftover"), utf8("x"));
      on.emit("coinbase", { amount: "1000000stake" });
      on.emit("transfer", { recipient: signer, amount: "1000000stake" });
      return answer(on);
    };
    const events = run(MsgRecvPacket, { packet: send(), proofCommitment: SENTINEL_PROOF });
    expect(ctx.kv("ibc").has(utf8("leftover"))).toBe(false);
    const types = events.map(({ type }) => type);
    expect(types).toContain("write_acknowledgement");
    // What happened in vain may be told under a name that nobody takes for the real thing.
    expect(types).not.toContain("coinbase");
    expect(types).not.toContain("transfer");
    expect(ctx.events.events.map(({ type }) => type)).not.toContain("coinbase");
  });

  test("of any branch that is not committed", () => {
    const { ctx } = setup();
    const before = ctx.events.events.length;
    const branch = ctx.branch();
    branch.ctx.emit("coinbase", { amount: "1stake" });
    branch.ctx.branch().ctx.emit("burn", { amount: "1stake" });
    expect(ctx.events.events).toHaveLength(before);
    branch.commit();
    expect(ctx.events.events.slice(before).map(({ type }) => type)).toEqual(["coinbase"]);
  });
});

describe("[sec-28] ASA-2024-007: the commitment is gone before the application is called", () => {
  test("a callback that times the packet out again refunds nothing a second time", () => {
    const { ibc, app, ctx, run, send } = setup();
    const packet = send(makeHeight(1n, 11n));
    const timeout = {
      packet,
      proofUnreceived: SENTINEL_PROOF,
      nextSequenceRecv: 1n,
      proofHeight: makeHeight(1n, 20n),
    };
    let refunds = 0;
    app.onTimeoutPacket = (on) => {
      refunds++;
      expect(ibc.channel.packetCommitment(on, "mock", "channel-0", packet.sequence)).toBeUndefined();
      if (refunds < 5) run(MsgTimeout, timeout, on);
    };
    const later = ctx.with({ block: { ...ctx.block, height: 20n } });
    run(MsgTimeout, timeout, later);
    run(MsgTimeout, timeout, later);
    expect(refunds).toBe(1);
  });

  test("nor does one that acknowledges it again", () => {
    const { app, run, send } = setup();
    const packet = send();
    run(MsgRecvPacket, { packet, proofCommitment: SENTINEL_PROOF });
    const answer = { packet, acknowledgement: utf8('{"result":"AQ=="}'), proofAcked: SENTINEL_PROOF };
    let calls = 0;
    app.onAcknowledgementPacket = (on) => {
      calls++;
      if (calls < 5) run(MsgAcknowledgement, answer, on);
    };
    run(MsgAcknowledgement, answer);
    run(MsgAcknowledgement, answer);
    expect(calls).toBe(1);
  });
});

describe("[sec-29] ASA-2025-004: acknowledgements are read in one way only", () => {
  const ODD = [
    '{"result":"AQ==","error":"x"}',
    '{"result":"AQ==","result":"Ag=="}',
    '{"error":"a","error":"b"}',
    '{"result":"AQ==","extra":1}',
    '{"Result":"AQ=="}',
    ' {"result":"AQ=="}',
    '{"result":"AQ=="} ',
    '{"result":"AQ"}',
    '{"result":"AQ=="}{"error":"x"}',
    '{"result":["AQ=="]}',
    '{"__proto__":{"result":"AQ=="}}',
    '{"result":null}',
    "[]",
    "null",
    "",
  ];
  test.each(ODD)("%s is refused or read as what Go reads, the same each time, by everybody", (text) => {
    const read = (by: (bytes: Uint8Array) => unknown): string => {
      try {
        return JSON.stringify(by(utf8(text)), (_, v) => (v instanceof Uint8Array ? [...v] : v)) ?? "nothing";
      } catch (error) {
        if (error instanceof CodedError) return `${error.codespace}/${error.code}`;
        throw error;
      }
    };
    for (const reader of [decodeAcknowledgement, readAcknowledgement])
      expect(new Set([1, 2, 3].map(() => read(reader))).size).toBe(1);
    // Two members or two meanings: never a success.
    if (/error.*result|result.*(error|result|extra)/.test(text))
      expect(read(decodeAcknowledgement)).toMatch(/^[a-z]+\/\d+$|undefined|nothing/);
  });

  test("a name twice in an object is no JSON here, however deep", () => {
    for (const text of ['{"a":1,"a":2}', '[{"x":{"a":1,"b":2,"a":3}}]', '{"a":1,"\\u0061":2}'])
      expect(() => parseJson(text)).toThrow();
  });
});

describe("[sec-30] UpdateState meets invalid misbehaviour", () => {
  const { ibc, ctx } = setup();
  const route = ibc.module.messages!.find(({ typeUrl }) => typeUrl === MsgUpdateClient.typeUrl)!;
  const refused = (typeUrl: string, value: Uint8Array): string => {
    const message = MsgUpdateClient.fromPartial({
      clientId: "07-tendermint-0",
      clientMessage: { typeUrl, value },
      signer,
    });
    try {
      route.run(ctx.branch().ctx, MsgUpdateClient.encode(message).finish());
    } catch (error) {
      if (error instanceof CodedError) return "refused";
      throw error;
    }
    return "taken";
  };
  test.each([
    ["a misbehaviour without headers", Misbehaviour.fromPartial({ clientId: "07-tendermint-0" })],
    ["one without the second header", Misbehaviour.fromPartial({ clientId: "07-tendermint-0", header1: {} })],
    [
      "headers without commits",
      Misbehaviour.fromPartial({
        clientId: "07-tendermint-0",
        header1: { signedHeader: {} },
        header2: { signedHeader: {} },
      }),
    ],
  ])("%s is refused by a code, nothing breaks", (_, value) => {
    expect(refused(Misbehaviour.typeUrl, Misbehaviour.encode(value).finish())).toBe("refused");
  });

  test("whatever bytes come as a header or a misbehaviour", () => {
    const seed = sha256(utf8("bytes"));
    for (let i = 0; i < 300; i++) {
      const bytes = seed.map((byte, j) => (byte * (i + 1) + j * 7) & 0xff).slice(0, i % 32);
      for (const { typeUrl } of [Header, Misbehaviour]) expect(refused(typeUrl, bytes)).toBe("refused");
    }
  });
});

describe("[sec-31] Dragonberry and the forged range proof: a proof binds every byte", () => {
  const store = createMultiStore({ backend: createMemoryBackend(), stores: { ibc: "iavl", bank: "iavl" } });
  for (const name of ["a", "c", "e", "g", "i"]) store.store("ibc").set(utf8(name), utf8(`value ${name}`));
  store.store("bank").set(utf8("x"), utf8("y"));
  const { version, appHash: root } = store.commit();
  const statement = (key: string) => ({
    specs: PROOF_SPECS,
    root,
    path: [utf8("ibc"), utf8(key)],
    proof: {
      proofs: store
        .query({ store: "ibc", key: utf8(key), version, prove: true })
        .proofOps!.map((op) => decodeCommitmentProof(op.data)),
    },
  });
  const exist = (key: string): ExistenceProof => statement(key).proof.proofs[0]!.exist!;
  const storeRoot = calculateExistenceRoot(exist("c"));

  test("an honest proof holds, for what is there and for what is not", () => {
    expect(() => verifyMerkleMembership({ ...statement("c"), value: utf8("value c") })).not.toThrow();
    expect(() => verifyMerkleNonMembership(statement("d"))).not.toThrow();
  });

  test("a change of any byte of it is noticed", () => {
    const good = exist("c");
    const holds = (proof: ExistenceProof): boolean =>
      verifyMembership(IAVL_SPEC, storeRoot, { exist: proof }, utf8("c"), utf8("value c"));
    expect(holds(good)).toBe(true);
    const flipped = (bytes: Uint8Array, i: number) => bytes.map((byte, j) => (i === j ? byte ^ 1 : byte));
    for (const [n, step] of good.path.entries()) {
      const changed = (part: object) => ({
        ...good,
        path: good.path.map((other, m) => (m === n ? { ...other, ...part } : other)),
      });
      for (let i = 0; i < step.prefix.length; i++)
        expect(holds(changed({ prefix: flipped(step.prefix, i) }))).toBe(false);
      for (let i = 0; i < step.suffix.length; i++)
        expect(holds(changed({ suffix: flipped(step.suffix, i) }))).toBe(false);
      expect(holds(changed({ hash: HASH.NO_HASH }))).toBe(false);
    }
    for (let i = 0; i < good.leaf!.prefix.length; i++)
      expect(holds({ ...good, leaf: { ...good.leaf!, prefix: flipped(good.leaf!.prefix, i) } })).toBe(false);
  });

  test("a second sibling beside the one that is there, which a forger would hang a subtree on, changes the root", () => {
    const good = exist("c");
    const side = sha256(utf8("forged"));
    for (const [n, step] of good.path.entries())
      for (const part of [
        { prefix: Uint8Array.from([...step.prefix, 32, ...side]) },
        { suffix: Uint8Array.from([...step.suffix, 32, ...side]) },
        { suffix: Uint8Array.from([32, ...side, ...step.suffix]) },
        { prefix: step.prefix.slice(0, 4), suffix: Uint8Array.from([32, ...side]) },
      ]) {
        const path = good.path.map((other, m) => (m === n ? { ...other, ...part } : other));
        const proof = { exist: { ...good, path } };
        expect(verifyMembership(IAVL_SPEC, storeRoot, proof, utf8("c"), utf8("value c"))).toBe(false);
      }
    // And neither tree has a step as long as that: it is refused whatever it hashes to.
    const long = { hash: HASH.SHA256, prefix: Uint8Array.of(1, ...side, ...side), suffix: EMPTY };
    expect(() => checkInner(long, TENDERMINT_SPEC, 1)).toThrow();
    expect(() =>
      checkInner({ ...long, prefix: Uint8Array.of(2, 4, 2, 32, ...side, 32, ...side, 32) }, IAVL_SPEC, 1),
    ).toThrow();
  });

  test("a leaf cannot pass for an inner node, nor an inner node for a leaf", () => {
    const good = exist("c");
    const inner = { hash: HASH.SHA256, prefix: good.leaf!.prefix, suffix: EMPTY };
    expect(() => checkInner(inner, IAVL_SPEC, 1)).toThrow();
    const fake: ExistenceProof = { ...good, leaf: { ...good.leaf!, prefix: good.path[0]!.prefix } };
    expect(verifyMembership(IAVL_SPEC, storeRoot, { exist: fake }, utf8("c"), utf8("value c"))).toBe(false);
  });

  test("a key that is there is not proven absent, by any pair of true leaves", () => {
    const keys = ["a", "c", "e", "g", "i"];
    for (const target of keys)
      for (const left of [undefined, ...keys])
        for (const right of [undefined, ...keys]) {
          const nonexist = {
            key: utf8(target),
            ...(left === undefined ? {} : { left: exist(left) }),
            ...(right === undefined ? {} : { right: exist(right) }),
          };
          expect(verifyNonMembership(IAVL_SPEC, storeRoot, { nonexist }, utf8(target))).toBe(false);
        }
  });

  test("the escrow of a channel is an account that no key, and no other channel, leads to", () => {
    const seen = new Set(
      ["transfer/channel-1", "transfer/channel-11", "transfer/channel-111"].map((path) => {
        const [port, channel] = path.split("/");
        return String(escrowAddress(port!, channel!));
      }),
    );
    expect(seen.size).toBe(3);
  });
});
