/** Randomly drawn evidence: two votes of a validator for one height, on a consumer or on the provider itself. */
import { buildDuplicateVoteEvidence, callRpc, infractionHeader } from "@tandem-ics/client";
import {
  duplicateVoteEvidence,
  ed25519Key,
  evidenceToRpcJson,
  makeValidator,
  validatorSetFromProto,
  validatorToProto,
} from "@tandem-ics/comet";
import { toHex } from "@tandem-ics/crypto";
import { someConsumer } from "./drawn-provider.ts";
import { type Act, between, CAST, chance, consumerKeyOf, SEEDS, type World } from "./drawn-world.ts";
import { twoVotes } from "./two-votes.ts";
import { provider } from "./walk-kit.ts";

/** A validator is shown to have voted twice on a consumer, which needs no nodes for that. */
export async function consumerDoubleVote(world: World): Promise<Act> {
  const { chain, random, known } = world;
  const keys = random.pick(CAST.validators);
  const voter = random.pick([keys, consumerKeyOf(keys, random.below(4))]);
  const launched = known.consumers.filter(({ phase }) => phase === "CONSUMER_PHASE_LAUNCHED");
  const consumer = launched.length > 0 && !chance(random, 15) ? random.pick(launched) : someConsumer(world);
  const height = BigInt(between(random, 2, Number(known.height) - 1));
  const header = await infractionHeader(chain, height);
  const validator = makeValidator(ed25519Key(voter.consensusKey), 1n);
  const proto = validatorToProto(validator);
  const [one, other] = twoVotes(header, voter, consumer.chainId);
  const submitter = random.pick(CAST.people);
  return {
    by: [submitter],
    messages: [
      provider("MsgSubmitConsumerDoubleVoting", {
        submitter: submitter.address,
        consumerId: consumer.id,
        duplicateVoteEvidence: buildDuplicateVoteEvidence(
          one,
          other,
          [validator],
          header.signedHeader!.header!.time,
        ),
        infractionBlockHeader: {
          ...header,
          validatorSet: { validators: [proto], proposer: proto, totalVotingPower: 1n },
        },
      }),
    ],
  };
}

/** Hands evidence of a double vote on the provider itself to its node, for a block to hold. Tells whether there was somebody. */
export async function doubleSignAtHome({ chain, random, known }: World): Promise<boolean> {
  const header = await infractionHeader(chain, BigInt(between(random, 2, Number(known.height) - 1)));
  const set = validatorSetFromProto(header.validatorSet);
  const able = set.validators.flatMap(
    ({ pubKey }) => SEEDS.get(toHex(pubKey.ed25519 ?? new Uint8Array())) ?? [],
  );
  if (able.length === 0) return false;
  const [one, other] = twoVotes(header, random.pick(able), chain.chainId);
  const evidence = duplicateVoteEvidence(one, other, {
    blockTime: header.signedHeader!.header!.time,
    validatorSet: set,
  });
  await callRpc(chain.rpc, "broadcast_evidence", {
    evidence: evidenceToRpcJson({ duplicateVoteEvidence: evidence }) as never,
  });
  return true;
}
