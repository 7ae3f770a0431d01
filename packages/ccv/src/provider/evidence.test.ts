import {
  MsgAssignConsumerKey,
  MsgSubmitConsumerDoubleVoting,
  MsgSubmitConsumerMisbehaviour,
} from "@tandem-ics/proto";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import type { Vote } from "cosmjs-types/tendermint/types/types";
import {
  duplicateVotes,
  type ForkSide,
  forkOf,
  ibcHeader,
  type Signer,
  signerOf,
  voteOf,
} from "../testing/consumer-votes.ts";
import { testAddress } from "../testing/fake-staking.ts";
import { refusalCode, refusalText } from "../testing/refusal-code.ts";
import {
  accountOf,
  createTestProvider,
  OWNER,
  operatorOf,
  type TestProvider,
} from "../testing/test-provider.ts";
import * as state from "./state.ts";

const SIGNERS = [1, 2, 3].map(signerOf);
const [ALICE, BOB] = SIGNERS as [Signer, Signer, Signer];

/** A launched consumer whose validators 1, 2 and 3 are the three signers. */
function chainWithKeys(): { chain: TestProvider; id: string } {
  const chain = createTestProvider();
  const id = chain.create({ initializationParameters: chain.initialization() });
  SIGNERS.forEach(({ keyJson }, i) => {
    chain.optIn(id, i + 1, keyJson);
  });
  chain.nextBlock();
  return { chain, id };
}

const deliverVotes = (
  chain: TestProvider,
  consumerId: string,
  evidence: DuplicateVoteEvidence,
  header = ibcHeader({ signers: SIGNERS }),
): unknown =>
  chain.deliver(
    MsgSubmitConsumerDoubleVoting,
    MsgSubmitConsumerDoubleVoting.create({
      submitter: OWNER,
      consumerId,
      duplicateVoteEvidence: evidence,
      infractionBlockHeader: header,
    }),
  );
const submitVotes = (...args: Parameters<typeof deliverVotes>): string =>
  refusalCode(() => deliverVotes(...args));
const submitFork = (
  chain: TestProvider,
  consumerId: string,
  misbehaviour: ReturnType<typeof forkOf>,
): string =>
  refusalCode(() =>
    chain.deliver(
      MsgSubmitConsumerMisbehaviour,
      MsgSubmitConsumerMisbehaviour.create({ submitter: OWNER, consumerId, misbehaviour }),
    ),
  );
const votes = (signer: Signer, changes: Partial<Vote> = {}, second: Partial<Vote> = {}) =>
  duplicateVotes([
    voteOf(signer, "consumer-1", "a", changes),
    voteOf(signer, "consumer-1", "b", { ...changes, ...second }),
  ]);
const punished = (chain: TestProvider): number[] => [...chain.fake.tombstoned].sort();

describe("double voting", () => {
  test("[slash-18] [slash-20] is slashed with all that is leaving, jailed for ever and tombstoned, once", () => {
    const { chain, id } = chainWithKeys();
    chain.fake.leavingTokens.set(2, 2_500_000n);
    expect(submitVotes(chain, id, votes(BOB))).toBe("none");
    expect(chain.fake.slashes).toEqual([
      {
        consAddress: testAddress(2),
        height: 0n,
        power: 10n,
        fraction: "0.050000000000000000",
        infraction: 1,
      },
    ]);
    expect(chain.fake.validator(2).jailed).toBe(true);
    expect(chain.fake.jailedUntil.get(2)).toBe(chain.ctx.timeNs + 9_223_372_036_854_775_807n);
    expect(punished(chain)).toEqual([2]);
    const [event] = chain.eventsOf("submit_consumer_double_voting");
    expect(event).toMatchObject({
      module: "provider",
      consumer_id: id,
      consumer_chain_id: "consumer-1",
      submitter_address: OWNER,
    });
    expect(event!["consumer_double_voting"]).toMatch(
      /^vote_a:<type:SIGNED_MSG_TYPE_PRECOMMIT height:5 block_id:<hash:"/,
    );
    expect(submitVotes(chain, id, votes(BOB))).toBe("undefined/1");
    expect(chain.fake.slashes).toHaveLength(1);
  });

  test("by prevotes and by a vote for nothing counts too", () => {
    for (const evidence of [
      votes(ALICE, { type: 1 }),
      votes(
        ALICE,
        {},
        { blockId: { hash: new Uint8Array(0), partSetHeader: { total: 0, hash: new Uint8Array(0) } } },
      ),
    ]) {
      const { chain, id } = chainWithKeys();
      expect(submitVotes(chain, id, evidence)).toBe("none");
      expect(punished(chain)).toEqual([1]);
    }
  });

  test("may be punished without tombstone, and then again", () => {
    const { chain, id } = chainWithKeys();
    const doubleSign = state.infractionParams.get(chain.ctx, id)!.doubleSign!;
    state.infractionParams.set(chain.ctx, id, {
      ...state.infractionParams.get(chain.ctx, id)!,
      doubleSign: { ...doubleSign, tombstone: false, jailDuration: { seconds: 60n, nanos: 0 } },
    });
    for (let i = 0; i < 2; i++) expect(submitVotes(chain, id, votes(ALICE))).toBe("none");
    expect(chain.fake.slashes).toHaveLength(2);
    expect(chain.fake.jailedUntil.get(1)).toBe(chain.ctx.timeNs + 60_000_000_000n);
    expect(punished(chain)).toEqual([]);
  });

  test("[slash-20] convicts by an old key until it is pruned", () => {
    const { chain, id } = chainWithKeys();
    const assign = (): unknown =>
      chain.deliver(
        MsgAssignConsumerKey,
        MsgAssignConsumerKey.create({
          consumerId: id,
          providerAddr: operatorOf(1),
          consumerKey: signerOf(9).keyJson,
          signer: accountOf(1),
        }),
      );
    assign();
    expect(submitVotes(chain, id, votes(ALICE))).toBe("none");
    expect(punished(chain)).toEqual([1]);

    const late = chainWithKeys();
    late.chain.deliver(
      MsgAssignConsumerKey,
      MsgAssignConsumerKey.create({
        consumerId: late.id,
        providerAddr: operatorOf(1),
        consumerKey: signerOf(9).keyJson,
        signer: accountOf(1),
      }),
    );
    late.chain.nextBlock(22n * 86_400n);
    late.chain.nextBlock();
    expect(submitVotes(late.chain, late.id, votes(ALICE))).toBe("slashing/2");
  });

  test.each<[string, (evidence: DuplicateVoteEvidence) => DuplicateVoteEvidence, string]>([
    [
      "votes in the wrong order",
      ({ voteA, voteB, ...rest }) => ({ ...rest, voteA: voteB!, voteB: voteA! }),
      "provider/48",
    ],
    ["one vote twice", ({ voteA, ...rest }) => ({ ...rest, voteA: voteA!, voteB: voteA! }), "provider/48"],
    [
      "a vote missing",
      ({ voteA, ...rest }) => ({ ...rest, voteA: voteA!, voteB: undefined as never }),
      "provider/48",
    ],
    [
      "no signature",
      ({ voteA, ...rest }) => ({ ...rest, voteA: { ...voteA!, signature: new Uint8Array(0) } }),
      "provider/48",
    ],
    [
      "another's signature",
      ({ voteA, ...rest }) => ({ ...rest, voteA: { ...voteA!, signature: rest.voteB!.signature } }),
      "undefined/1",
    ],
    ["another height", () => votes(ALICE, {}, { height: 6n }), "CCV/16"],
    ["another round", () => votes(ALICE, {}, { round: 1 }), "CCV/16"],
    ["another kind", () => votes(ALICE, {}, { type: 1 }), "CCV/16"],
    ["another address", () => votes(ALICE, {}, { validatorAddress: BOB.address }), "CCV/16"],
    ["an address outside the set", () => votes(signerOf(7)), "CCV/16"],
    [
      "votes of another chain",
      () => duplicateVotes([voteOf(ALICE, "consumer-2", "a"), voteOf(ALICE, "consumer-2", "b")]),
      "undefined/1",
    ],
  ])("[slash-19] with %s is refused", (_, change, code) => {
    const { chain, id } = chainWithKeys();
    expect(submitVotes(chain, id, change(votes(ALICE)))).toBe(code);
    expect(chain.fake.slashes).toEqual([]);
  });

  test.each<[string, DuplicateVoteEvidence, string]>([
    [
      "wrong order",
      (({ voteA, voteB, ...rest }) => ({ ...rest, voteA: voteB!, voteB: voteA! }))(votes(ALICE)),
      "DuplicateVoteEvidence: duplicate votes in invalid order: invalid submit consumer double voting message",
    ],
    [
      "another round",
      votes(ALICE, {}, { round: 1 }),
      "height/round/type are not the same: 5/1/SIGNED_MSG_TYPE_PRECOMMIT vs 5/0/SIGNED_MSG_TYPE_PRECOMMIT: " +
        "invalid consumer double voting evidence",
    ],
  ])("is refused with the text of Go's provider for %s", (_, evidence, text) => {
    const { chain, id } = chainWithKeys();
    expect(refusalText(() => deliverVotes(chain, id, evidence))).toBe(text);
  });

  test("[slash-19] of a consumer that is unknown or before its first height is refused", () => {
    const { chain, id } = chainWithKeys();
    expect(submitVotes(chain, "7", votes(ALICE))).toBe("CCV/16");
    expect(submitVotes(chain, "x", votes(ALICE))).toBe("provider/48");
    state.evidenceMinHeight.set(chain.ctx, id, 6n);
    expect(submitVotes(chain, id, votes(ALICE))).toBe("CCV/16");
    state.evidenceMinHeight.set(chain.ctx, id, 5n);
    expect(submitVotes(chain, id, votes(ALICE))).toBe("none");
  });

  test("[slash-19] counts as long as the consumer has a client: from launch to deletion", () => {
    const { chain, id } = chainWithKeys();
    expect(submitVotes(chain, chain.create(), votes(ALICE))).toBe("CCV/16");
    chain.remove(id);
    expect(submitVotes(chain, id, votes(ALICE))).toBe("none");
    chain.nextBlock(21n * 86_400n);
    expect(submitVotes(chain, id, votes(BOB))).toBe("CCV/16");
  });

  test("by one whom nobody can punish is refused", () => {
    const { chain, id } = chainWithKeys();
    chain.fake.set(1, { status: 1 });
    expect(submitVotes(chain, id, votes(ALICE))).toBe("undefined/1");
    chain.fake.remove(1);
    expect(submitVotes(chain, id, votes(ALICE))).toBe("slashing/2");
  });
});

describe("a light client attack", () => {
  const side: ForkSide = { signers: SIGNERS };
  const clientOf = (chain: TestProvider, id: string): string => state.clientOfConsumer.get(chain.ctx, id)!;
  const attack = (a: Partial<ForkSide>, b: Partial<ForkSide>) => {
    const { chain, id } = chainWithKeys();
    const code = submitFork(chain, id, forkOf({ ...side, ...a }, { ...side, ...b }, clientOf(chain, id)));
    return { chain, id, code };
  };
  const data = (letter: string) => ({ dataHash: new Uint8Array(32).fill(letter.charCodeAt(0)) });
  const app = { appHash: new Uint8Array(32).fill(9) };

  test("punishes only who signed both headers; a vote for nothing counts", () => {
    // The fourth is no validator of the provider.
    const signers = [...SIGNERS, signerOf(4)].sort((x, y) => Buffer.compare(x.address, y.address));
    const { chain, code } = attack(
      { signers, changes: data("a"), nil: [0] },
      { signers, changes: data("b"), absent: [1] },
    );
    expect(code).toBe("none");
    const signedBoth = [0, 2, 3].map((slot) => SIGNERS.indexOf(signers[slot]!) + 1).filter((n) => n > 0);
    expect(punished(chain)).toEqual(signedBoth.sort());
  });

  test("[slash-21] by equivocation punishes all who signed both headers", () => {
    const { chain, code } = attack({ changes: data("a") }, { changes: data("b") });
    expect(code).toBe("none");
    expect(punished(chain)).toEqual([1, 2, 3]);
    expect(chain.ibc.verified).toHaveLength(1);
    expect(chain.eventsOf("submit_consumer_misbehaviour")[0]).toMatchObject({
      module: "provider",
      consumer_id: "0",
      consumer_chain_id: "consumer-1",
      misbehaviour_client_id: "07-tendermint-0",
      misbehaviour_height_1: "1-5",
      misbehaviour_height_2: "1-5",
      submitter_address: OWNER,
    });
  });

  test("[slash-21] with a conflicting state is recognized in any round", () => {
    const { chain, code } = attack({}, { changes: app, round: 3 });
    expect(code).toBe("none");
    expect(punished(chain)).toEqual([1, 2, 3]);
  });

  test("[slash-21] by amnesia blames nobody and fails", () => {
    const { chain, code } = attack({ changes: data("a") }, { changes: data("b"), round: 1 });
    expect(code).toBe("undefined/1");
    expect(punished(chain)).toEqual([]);
  });

  test("[slash-23] skips those who cannot be punished, and fails when nobody can", () => {
    const { chain, id } = chainWithKeys();
    chain.fake.tombstoned.add(1);
    chain.fake.set(2, { status: 1 });
    const fork = forkOf(
      { ...side, changes: data("a") },
      { ...side, changes: data("b") },
      clientOf(chain, id),
    );
    expect(submitFork(chain, id, fork)).toBe("none");
    expect(chain.fake.slashes.map(({ consAddress }) => consAddress)).toEqual([testAddress(3)]);
    expect(submitFork(chain, id, fork)).toBe("undefined/1");
  });

  test.each<[string, Partial<ForkSide>, Partial<ForkSide>, string]>([
    ["unequal heights", { height: 6n, changes: data("a") }, { changes: data("b") }, "client/13"],
    [
      "the first height below the second",
      { changes: data("a") },
      { height: 6n, changes: data("b") },
      "provider/47",
    ],
    ["two equal headers", {}, {}, "client/13"],
    [
      "another chain",
      { chainId: "consumer-2", changes: data("a") },
      { chainId: "consumer-2", changes: data("b") },
      "undefined/1",
    ],
    ["two chains", { changes: data("a") }, { chainId: "consumer-2", changes: data("b") }, "provider/47"],
    ["too few signatures", { changes: data("a"), absent: [0, 1] }, { changes: data("b") }, "provider/47"],
  ])("[slash-22] with %s is refused", (_, a, b, code) => {
    const made = attack(a, b);
    expect(made.code).toBe(code);
    expect(made.chain.fake.slashes).toEqual([]);
  });

  test("[slash-22] against another client, an unknown consumer or before the first height is refused", () => {
    const { chain, id } = chainWithKeys();
    const fork = (clientId: string) =>
      forkOf({ ...side, changes: data("a") }, { ...side, changes: data("b") }, clientId);
    expect(submitFork(chain, id, fork("07-tendermint-9"))).toBe("undefined/1");
    expect(submitFork(chain, "9", fork(clientOf(chain, id)))).toBe("undefined/1");
    expect(submitFork(chain, id, fork("a/client"))).toBe("provider/47");
    state.evidenceMinHeight.set(chain.ctx, id, 6n);
    expect(submitFork(chain, id, fork(clientOf(chain, id)))).toBe("CCV/16");
  });

  test("whose headers bear a forged signature of a common signer is refused", () => {
    const { chain, id } = chainWithKeys();
    const fork = forkOf(
      { ...side, changes: data("a") },
      { ...side, changes: data("b") },
      clientOf(chain, id),
    );
    // The set still commits: two thirds are verified, the third signature is not looked at before.
    const { signatures } = fork.header2!.signedHeader!.commit!;
    signatures[2]!.signature = new Uint8Array(64).fill(1);
    expect(submitFork(chain, id, fork)).not.toBe("none");
    expect(chain.fake.slashes).toEqual([]);
  });
});
