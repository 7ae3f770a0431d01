import { toHex } from "@tandem-ics/crypto";
import { nsToTimestamp } from "@tandem-ics/proto";
import type { CodedError, Context } from "@tandem-ics/runtime";
import { Equivocation } from "cosmjs-types/cosmos/evidence/v1beta1/evidence";
import {
  QueryAllEvidenceRequest,
  QueryAllEvidenceResponse,
  QueryEvidenceRequest,
  QueryEvidenceResponse,
} from "cosmjs-types/cosmos/evidence/v1beta1/query";
import { MsgSubmitEvidence } from "cosmjs-types/cosmos/evidence/v1beta1/tx";
import { type Misbehavior, MisbehaviorType } from "cosmjs-types/tendermint/abci/types";
import { ConsensusParams } from "cosmjs-types/tendermint/types/params";
import { createStakeChain, type StakeChain } from "../testing.ts";
import { packEquivocation } from "./equivocation.ts";
import { DOUBLE_SIGN_JAIL_END_NS } from "./index.ts";

const M = 1_000_000n;
const DAY_NS = 86_400_000_000_000n;
const createChain = () => createStakeChain({ tokens: [100n * M, 900n * M] });
const doubleSign = (chain: StakeChain, at: Context, i = 0): Misbehavior => ({
  type: MisbehaviorType.DUPLICATE_VOTE,
  validator: { address: chain.consAddr(i), power: 100n },
  height: at.height,
  time: nsToTimestamp(at.timeNs),
  totalVotingPower: 1000n,
});
const withEvidenceAge = (ctx: Context, blocks: bigint, ns: bigint): Context =>
  ctx.with({
    consensusParams: ConsensusParams.fromPartial({
      evidence: {
        maxAgeNumBlocks: blocks,
        maxAgeDuration: { seconds: ns / 1_000_000_000n, nanos: 0 },
        maxBytes: 1n,
      },
    }),
  });
const slashEvents = (ctx: Context) =>
  ctx.events.events
    .filter(({ type }) => type === "slash")
    .map(({ attributes }) => attributes.map(({ key, value }) => [key, value]));

describe("a double sign", () => {
  test("burns five per cent, jails and tombstones for ever", () => {
    const chain = createChain();
    const first = chain.beginBlock(chain.ctx);
    chain.endBlock(first);
    const ctx = chain.beginBlock(first, { misbehavior: [doubleSign(chain, first)] });
    const address = chain.addresses.consensus.encode(chain.consAddr(0));
    expect(slashEvents(ctx)).toEqual([
      [
        ["address", address],
        ["power", "100"],
        ["reason", "double_sign"],
        ["burned_coins", "5000000"],
      ],
      [["jailed", address]],
    ]);
    const info = chain.slashing.signingInfo(ctx, chain.consAddr(0))!;
    expect([info.tombstoned, info.jailedUntilNs]).toEqual([true, DOUBLE_SIGN_JAIL_END_NS]);
    expect(chain.staking.requireValidator(ctx, chain.operator(0))).toMatchObject({
      jailed: true,
      tokens: 95n * M,
    });
    expect(chain.endBlock(ctx).map(({ power }) => power)).toEqual([0n]);
    expect(chain.evidence.stored.keys(ctx)).toHaveLength(1);
    expect(chain.brokenInvariants(ctx)).toEqual([]);
  });

  test("is punished once", () => {
    const chain = createChain();
    const first = chain.beginBlock(chain.ctx);
    const again = { ...doubleSign(chain, first), height: first.height - 1n };
    const ctx = chain.beginBlock(first, { misbehavior: [doubleSign(chain, first), again] });
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).tokens).toBe(95n * M);
    expect(chain.evidence.stored.keys(ctx)).toHaveLength(1);
  });

  test("reaches stake that left after it", () => {
    const chain = createChain();
    const first = chain.beginBlock(chain.ctx);
    const shares = chain.staking.validateUnbondAmount(first, chain.operator(0), chain.operator(0), 40n * M);
    chain.staking.undelegate(first, chain.operator(0), chain.operator(0), shares);
    chain.endBlock(first);
    const ctx = chain.beginBlock(first, { misbehavior: [doubleSign(chain, first)] });
    const [unbonding] = chain.staking.unbondingDelegationsFromValidator(ctx, chain.operator(0));
    expect(unbonding!.entries[0]!.balance).toBe(38n * M);
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).tokens).toBe(57n * M);
  });

  test.each([
    ["old in blocks alone", 2n, DAY_NS, true],
    ["old in time alone", 100n, 1_000_000_000n, true],
    ["old in both", 2n, 1_000_000_000n, false],
  ])("that is %s", (_, blocks, ns, punished) => {
    const chain = createChain();
    const first = chain.beginBlock(chain.ctx);
    let ctx = first;
    for (let i = 0; i < 3; i++) {
      chain.endBlock(ctx);
      ctx = chain.beginBlock(ctx);
    }
    chain.evidence.handleMisbehavior(withEvidenceAge(ctx, blocks, ns), doubleSign(chain, first));
    expect(chain.slashing.isTombstoned(ctx, chain.consAddr(0))).toBe(punished);
  });

  test("of somebody unknown or of an unknown kind changes nothing", () => {
    const chain = createChain();
    const ctx = chain.beginBlock(chain.ctx, {
      misbehavior: [
        doubleSign(chain, chain.ctx, 7),
        { ...doubleSign(chain, chain.ctx), type: MisbehaviorType.UNKNOWN },
      ],
    });
    expect(chain.evidence.stored.keys(ctx)).toEqual([]);
    expect(chain.staking.requireValidator(ctx, chain.operator(0)).jailed).toBe(false);
  });

  test("of a validator that was removed since is ignored", () => {
    const chain = createChain();
    const ctx = chain.beginBlock(chain.ctx);
    chain.slashing.removePublicKey(ctx, chain.consAddr(0));
    chain.evidence.handleMisbehavior(ctx, doubleSign(chain, ctx));
    expect(chain.evidence.stored.keys(ctx)).toEqual([]);
  });
});

describe("queries and messages", () => {
  const equivocation = (chain: StakeChain): Equivocation => ({
    height: 5n,
    time: nsToTimestamp(chain.ctx.timeNs),
    power: 3n,
    consensusAddress: chain.addresses.consensus.encode(chain.consAddr(0)),
  });
  const run = (chain: StakeChain, ctx: Context, name: string, request: Uint8Array): Uint8Array =>
    chain.modules
      .flatMap(({ queries }) => queries ?? [])
      .find(({ path }) => path === `/cosmos.evidence.v1beta1.Query/${name}`)!
      .run(ctx, request);

  test("stored evidence is found by its hash", () => {
    const chain = createChain();
    const ctx = chain.beginBlock(chain.ctx, { misbehavior: [doubleSign(chain, chain.ctx)] });
    const [hash] = chain.evidence.stored.keys(ctx);
    const ask = (text: string) =>
      QueryEvidenceResponse.decode(
        run(
          chain,
          ctx,
          "Evidence",
          QueryEvidenceRequest.encode({ evidenceHash: new Uint8Array(), hash: text }).finish(),
        ),
      );
    const { evidence } = ask(toHex(hash!));
    expect(Equivocation.decode(evidence!.value)).toMatchObject({ height: 1n, power: 100n });
    expect(() => ask("00")).toThrow("evidence 00 not found");
    expect(() => ask("zz")).toThrow("invalid evidence hash");
    const all = run(chain, ctx, "AllEvidence", QueryAllEvidenceRequest.encode({}).finish());
    expect(QueryAllEvidenceResponse.decode(all).evidence).toHaveLength(1);
  });

  test.each<[string, (chain: StakeChain) => Partial<MsgSubmitEvidence>, string]>([
    ["valid evidence", (chain) => ({ evidence: packEquivocation(equivocation(chain)) }), "evidence/2"],
    [
      "evidence of height zero",
      (chain) => ({ evidence: packEquivocation({ ...equivocation(chain), height: 0n }) }),
      "evidence/3",
    ],
    ["nothing", () => ({}), "evidence/3"],
    ["something else", () => ({ evidence: { typeUrl: "/x", value: new Uint8Array() } }), "evidence/3"],
  ])("submitting %s is refused: no handler is registered", (_, make, expected) => {
    const chain = createChain();
    let got = "none";
    try {
      chain.send(chain.ctx, MsgSubmitEvidence, { submitter: chain.acc(0), ...make(chain) });
    } catch (error) {
      got = `${(error as CodedError).codespace}/${(error as CodedError).code}`;
    }
    expect(got).toBe(expected);
  });
});
