/** Evidence of equivocation on consumers: whom it may blame, and for what. */

import { ed25519Key, makeValidator, newValidatorSet, validatorSetToProto } from "@tandem-ics/comet";
import { MsgSubmitConsumerDoubleVoting, MsgSubmitConsumerMisbehaviour } from "@tandem-ics/proto";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import * as state from "../../packages/ccv/src/provider/state.ts";
import {
  createTestProvider,
  duplicateVotes,
  type ForkSide,
  forkOf,
  ibcHeader,
  OWNER,
  received,
  refusalCode,
  type Signer,
  signerOf,
  slashData,
  type TestProvider,
  voteOf,
} from "./kits.ts";

const SIGNERS = [1, 2, 3].map(signerOf);
const [ALICE, BOB, CAROL] = SIGNERS as [Signer, Signer, Signer];

/** A launched consumer whose validators 1, 2 and 3 sign with keys of their own. */
function secured(): { chain: TestProvider; id: string; clientId: string } {
  const chain = createTestProvider();
  const id = chain.create({ initializationParameters: chain.initialization() });
  SIGNERS.forEach(({ keyJson }, i) => {
    chain.optIn(id, i + 1, keyJson);
  });
  chain.nextBlock();
  return { chain, id, clientId: state.clientOfConsumer.get(chain.ctx, id)! };
}

const votes = (signer: Signer, chainId = "consumer-1") =>
  duplicateVotes([voteOf(signer, chainId, "a"), voteOf(signer, chainId, "b")]);

const accuse = (
  chain: TestProvider,
  consumerId: string,
  evidence: DuplicateVoteEvidence,
  header = ibcHeader({ signers: SIGNERS }),
): string =>
  refusalCode(() =>
    chain.deliver(
      MsgSubmitConsumerDoubleVoting,
      MsgSubmitConsumerDoubleVoting.create({
        submitter: OWNER,
        consumerId,
        duplicateVoteEvidence: evidence,
        infractionBlockHeader: header,
      }),
    ),
  );

const report = (chain: TestProvider, consumerId: string, misbehaviour: ReturnType<typeof forkOf>): string =>
  refusalCode(() =>
    chain.deliver(
      MsgSubmitConsumerMisbehaviour,
      MsgSubmitConsumerMisbehaviour.create({ submitter: OWNER, consumerId, misbehaviour }),
    ),
  );

const punished = (chain: TestProvider): number[] => [...chain.fake.tombstoned].sort();
const data = (letter: string): Partial<ForkSide> => ({
  signers: SIGNERS,
  changes: { dataHash: new Uint8Array(32).fill(letter.charCodeAt(0)) },
});

describe("[sec-02] GHSA-83qr-9v2h-qxp4: evidence from before a consumer's first height", () => {
  test("is not taken, for any consumer, also with another beside it and after the validator set changed", () => {
    const { chain, id, clientId } = secured();
    const other = chain.launch([1, 2, 3]);
    // Each consumer has a height of its own; it does not go with anything but the consumer.
    state.evidenceMinHeight.set(chain.ctx, id, 6n);
    chain.fake.set(1, { tokens: 30_000_000n });
    chain.nextEpoch();
    expect([
      state.evidenceMinHeight.get(chain.ctx, id),
      state.evidenceMinHeight.has(chain.ctx, other),
    ]).toEqual([6n, true]);
    expect(accuse(chain, id, votes(ALICE))).toBe("CCV/16");
    expect(
      report(
        chain,
        id,
        forkOf({ signers: SIGNERS, ...data("a") }, { signers: SIGNERS, ...data("b") }, clientId),
      ),
    ).toBe("CCV/16");
    expect(punished(chain)).toEqual([]);
  });

  test("every launch notes it", () => {
    const chain = createTestProvider();
    const id = chain.launch([1], {
      initializationParameters: chain.initialization({
        initialHeight: { revisionNumber: 1n, revisionHeight: 70n },
      }),
    });
    expect(state.evidenceMinHeight.get(chain.ctx, id)).toBe(70n);
  });
});

describe("[sec-03] bogus signatures", () => {
  test("in a vote punish nobody, whichever vote it is", () => {
    const { chain, id } = secured();
    for (const which of ["voteA", "voteB"] as const) {
      const evidence = votes(ALICE);
      evidence[which]!.signature = new Uint8Array(64).fill(7);
      expect(accuse(chain, id, evidence)).not.toBe("none");
    }
    expect(chain.fake.slashes).toEqual([]);
  });

  test.each([0, 1, 2, 3])(
    "in slot %i of a header of a fork punish nobody, although two thirds are verified without it",
    (slot) => {
      const four = [...SIGNERS, signerOf(4)];
      for (const side of ["header1", "header2"] as const) {
        const { chain, id, clientId } = secured();
        const fork = forkOf({ ...data("a"), signers: four }, { ...data("b"), signers: four }, clientId);
        fork[side]!.signedHeader!.commit!.signatures[slot]!.signature = new Uint8Array(64).fill(1);
        expect(report(chain, id, fork)).not.toBe("none");
        expect(chain.fake.slashes).toEqual([]);
      }
    },
  );
});

describe("[sec-04] the key of the votes is that of the address", () => {
  test("an innocent's address with the attacker's key in the header blames nobody", () => {
    const { chain, id } = secured();
    const mallory = signerOf(66);
    const evidence = duplicateVotes([
      voteOf(mallory, "consumer-1", "a", { validatorAddress: ALICE.address }),
      voteOf(mallory, "consumer-1", "b", { validatorAddress: ALICE.address }),
    ]);
    const header = ibcHeader({ signers: SIGNERS });
    // The header's set says that Alice has Mallory's key.
    const set = validatorSetToProto(newValidatorSet([makeValidator(ed25519Key(mallory.publicKey), 10n)]));
    set.validators[0]!.address = ALICE.address;
    header.validatorSet = { ...set, proposer: set.validators[0]! };
    expect(accuse(chain, id, evidence, header)).not.toBe("none");
    expect(chain.fake.slashes).toEqual([]);
  });

  test("votes by a key that nobody assigned blame nobody", () => {
    const { chain, id } = secured();
    const mallory = signerOf(66);
    expect(accuse(chain, id, votes(mallory), ibcHeader({ signers: [...SIGNERS, mallory] }))).toBe(
      "slashing/2",
    );
    expect(chain.fake.slashes).toEqual([]);
  });
});

describe("[sec-05] only who signed both sides of a fork", () => {
  test("is punished: one side alone may be the right one", () => {
    const { chain, id, clientId } = secured();
    const four = [...SIGNERS, signerOf(4)].sort((a, b) => Buffer.compare(a.address, b.address));
    const slot = (signer: Signer) => four.indexOf(signer);
    const fork = forkOf(
      { ...data("a"), signers: four, absent: [slot(CAROL)] },
      { ...data("b"), signers: four, absent: [slot(BOB)] },
      clientId,
    );
    expect(report(chain, id, fork)).toBe("none");
    expect(punished(chain)).toEqual([1]);
  });

  test("in different rounds, where nobody can be told from the outside, nobody", () => {
    const { chain, id, clientId } = secured();
    expect(
      report(
        chain,
        id,
        forkOf({ signers: SIGNERS, ...data("a") }, { signers: SIGNERS, ...data("b"), round: 1 }, clientId),
      ),
    ).not.toBe("none");
    expect(punished(chain)).toEqual([]);
  });
});

describe("[sec-06] evidence of one chain against another", () => {
  test("votes for another chain id are not those of this consumer", () => {
    const { chain, id } = secured();
    expect(accuse(chain, id, votes(ALICE, "consumer-2"))).not.toBe("none");
    expect(accuse(chain, id, votes(ALICE, "provider"))).not.toBe("none");
    expect(punished(chain)).toEqual([]);
  });

  test("a fork under another consumer's client is refused", () => {
    const { chain, id } = secured();
    const other = chain.launch([1, 2, 3]);
    const foreign = state.clientOfConsumer.get(chain.ctx, other)!;
    const fork = forkOf({ signers: SIGNERS, ...data("a") }, { signers: SIGNERS, ...data("b") }, foreign);
    expect(report(chain, id, fork)).not.toBe("none");
    expect(punished(chain)).toEqual([]);
  });
});

describe("[sec-09] a consumer's word on a double sign", () => {
  test.each(["INFRACTION_TYPE_DOUBLE_SIGN", "INFRACTION_DOUBLE_SIGN"])(
    "%s in a packet slashes nobody",
    (infraction) => {
      const { chain, id } = secured();
      chain.openChannel(id);
      expect(received(chain, slashData(1, { infraction }))).toBe('{"result":"AQ=="}');
      expect([chain.fake.slashes, punished(chain), chain.fake.validator(1).jailed]).toEqual([[], [], false]);
    },
  );
});
