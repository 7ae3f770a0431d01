/** A double sign on the consumer, made of one of its own blocks, and told to the provider. */
import {
  buildDuplicateVoteEvidence,
  doubleVotingMessage,
  findTx,
  formatEvidence,
  formatHeader,
  infractionHeader,
} from "@tandem-ics/client";
import { commitToVote, voteSignBytes } from "@tandem-ics/comet";
import { ed25519Address, ed25519Sign, sha256, toHexUpper, utf8 } from "@tandem-ics/crypto";
import type { DuplicateVoteEvidence } from "cosmjs-types/tendermint/types/evidence";
import { AT_FIRST } from "./mixed-refusals.ts";
import {
  attributeKeys,
  consAddressOf,
  operatorOf,
  POWER,
  powersAt,
  refusal,
  type Step,
  signatureOf,
  untilPowers,
  untilSigned,
  type World,
} from "./mixed-world.ts";

const EVIDENCE_KEYS = [
  ...[
    "module",
    "consumer_id",
    "consumer_chain_id",
    "consumer_double_voting",
    "submitter_address",
    "msg_index",
  ],
];
const NO_EVIDENCE = "invalid consumer double voting evidence";
/** The jail of a tombstoned validator ends 2^63 - 1 ns after the block: in more than 292 years. */
const FOREVER_S = 9_000_000_000n;

/** The vote that carol cast for a block of the consumer, and one for a block that never was, with that block's header. */
async function doubleSign({ consumer: c }: World) {
  const consumer = await c.client();
  const key = c.keyOf("carol");
  const address = ed25519Address(key.publicKey);
  const height = await untilSigned(consumer, address);
  const header = await infractionHeader(consumer, height);
  const { commit } = header.signedHeader!;
  const vote = commitToVote(commit!, signatureOf(commit!, address)!)!;
  const hash = sha256(utf8("another block of this height"));
  const unsigned = { ...vote, blockId: { ...vote.blockId!, hash } };
  const other = { ...unsigned, signature: ed25519Sign(key.seed, voteSignBytes(consumer.chainId, unsigned)) };
  const set = await consumer.validators(height);
  return {
    evidence: buildDuplicateVoteEvidence(vote, other, set, header.signedHeader!.header!.time),
    header,
  };
}

/** Declares the steps; `carol` signs twice. */
export function doubleSignSteps(step: Step, worldOf: () => World): void {
  step("convicts of a double sign on the consumer", async () => {
    const world = worldOf();
    const { provider: p, consumer: c, consumerId, tandem } = world;
    const provider = await p.client();
    const { evidence, header } = await doubleSign(world);
    const { height, round } = evidence.voteA!;
    const submitter = (await p.sender("user")).address;
    const refused = (changes: Partial<DuplicateVoteEvidence>, id = consumerId) =>
      refusal(p, "user", doubleVotingMessage(submitter, id, { ...evidence, ...changes }, header));
    const [voteA, voteB] = [evidence.voteA!, evidence.voteB!];

    expect(await refused({ voteA: voteB, voteB: voteA })).toEqual({
      code: "provider/48",
      log: "DuplicateVoteEvidence: duplicate votes in invalid order: invalid submit consumer double voting message",
    });
    expect(await refused({ voteB: { ...voteB, round: round + 5 } })).toEqual({
      code: "CCV/16",
      log:
        `${AT_FIRST}height/round/type are not the same: ${height}/${round}/SIGNED_MSG_TYPE_PRECOMMIT vs ` +
        `${height}/${round + 5}/SIGNED_MSG_TYPE_PRECOMMIT: ${NO_EVIDENCE}`,
    });
    expect(await refused({ voteA: { ...voteA, signature: voteB.signature } })).toEqual({
      code: "undefined/1",
      log: `${AT_FIRST}verifying VoteA: invalid signature`,
    });
    expect(await refused({ voteB: { ...voteB, signature: voteA.signature } })).toEqual({
      code: "undefined/1",
      log: `${AT_FIRST}verifying VoteB: invalid signature`,
    });
    expect(await refused({}, "7")).toEqual({
      code: "CCV/16",
      log: `${AT_FIRST}cannot find consumer chain 7: ${NO_EVIDENCE}`,
    });

    const carol = await operatorOf(p, "carol");
    const validator = async () =>
      (await provider.query.staking.Validator({ validatorAddr: carol })).validator!;
    const before = BigInt((await validator()).tokens);
    const files = [
      ...["--file", tandem.file("evidence.json", formatEvidence(evidence))],
      ...["--header", tandem.file("header.json", formatHeader(header))],
    ];
    const { hash }: { hash: string } = await tandem.json(
      "user",
      ...["evidence", "submit", "double-sign", consumerId, ...files],
    );
    const { events } = (await findTx(provider.rpc, hash))!;
    expect(attributeKeys(events, "submit_consumer_double_voting")).toEqual([EVIDENCE_KEYS]);
    const { tokens, jailed } = await validator();
    expect([BigInt(tokens), jailed]).toEqual([before - ((before / POWER) * POWER) / 20n, true]);
    // PubKey: one field of 32 bytes behind two of tag and length.
    const ownKey = { seed: new Uint8Array(), publicKey: (await validator()).consensusPubkey!.value.slice(2) };
    const { valSigningInfo } = await provider.query.slashing.SigningInfo({
      consAddress: consAddressOf(p, ownKey),
    });
    expect(valSigningInfo!.tombstoned).toBe(true);
    expect(valSigningInfo!.jailedUntil.seconds > FOREVER_S).toBe(true);
    await untilPowers(world, [c.keyOf("alice"), 100n], [c.keyOf("bob-later"), 12n]);
    const active = await powersAt(provider, (await provider.status()).height);
    expect(active[toHexUpper(ed25519Address(ownKey.publicKey))]).toBeUndefined();
    expect(await refused({})).toEqual({
      code: "undefined/1",
      log: `${AT_FIRST}validator is tombstoned. provider consensus address: ${consAddressOf(p, ownKey)}`,
    });
  });
}
