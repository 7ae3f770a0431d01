/** Every message of slashing and the provider, refusals among them: a consumer's whole life. */
import { buildDuplicateVoteEvidence, type ChainClient, infractionHeader } from "@tandem-ics/client";
import { ed25519Key, makeValidator, nsToDuration, validatorToProto } from "@tandem-ics/comet";
import { utf8 } from "@tandem-ics/crypto";
import { pubKeyJsonOf } from "../harness/go-node.ts";
import { type Keys, keysOf } from "./keys.ts";
import { initialization } from "./rich-state.ts";
import { twoVotes } from "./two-votes.ts";
import {
  createValidator,
  delegation,
  FAR_NS,
  PEOPLE,
  provider,
  redelegation,
  SECOND_NS,
  slashing,
  staking,
  TENTH,
  UNIT,
  type Walker,
} from "./walk-kit.ts";

/** Two precommits for one height of a consumer that has no nodes: evidence needs votes and a header with the key only. */
async function doubleVoteOf(chain: ChainClient, keys: Keys, chainId: string) {
  const header = await infractionHeader(chain, (await chain.status()).height - 1n);
  const validator = makeValidator(ed25519Key(keys.consensusKey), 1n);
  const { time } = header.signedHeader!.header!;
  const [one, other] = twoVotes(header, keys, chainId);
  const proto = validatorToProto(validator);
  return {
    evidence: buildDuplicateVoteEvidence(one, other, [validator], time),
    header: {
      ...header,
      validatorSet: { validators: [proto], proposer: proto, totalVotingPower: 1n },
    },
  };
}

/** Walks through them. */
export async function walkProvider(walker: Walker): Promise<void> {
  const { chain, main, absent, by, send, fails, blocks } = walker;
  const { purse, voter, first, second, third } = PEOPLE;

  // slashing: the absent validator is jailed for downtime by now
  for (let i = 0; i < 60; i++) {
    const { validator } = await chain.query.staking.Validator({ validatorAddr: absent.operator });
    if (validator?.jailed) break;
    await blocks(1n);
  }
  await blocks(6n);
  await by(absent.sender, [slashing("MsgUnjail", { validatorAddr: absent.operator })]);
  await fails(third, slashing("MsgUnjail", { validatorAddr: third.operator }));
  await by(main.sender, [slashing("MsgUnjail", { validatorAddr: main.operator })], 1);

  // provider: a consumer's whole life
  const create = (chainId: string, spawnNs: bigint, fields: object = {}) =>
    provider("MsgCreateConsumer", {
      submitter: purse.address,
      chainId,
      metadata: { name: chainId, description: "replayed", metadata: "{}" },
      initializationParameters: initialization(chainId, spawnNs),
      powerShapingParameters: {
        topN: 0,
        validatorsPowerCap: 0,
        validatorSetCap: 0,
        allowlist: [],
        denylist: [],
        minStake: 0n,
        allowInactiveVals: false,
        prioritylist: [],
      },
      ...fields,
    });
  await send(purse, create("replayed-1", FAR_NS), create("registered-1", FAR_NS));
  await fails(
    purse,
    provider("MsgUpdateConsumer", {
      owner: purse.address,
      consumerId: "1",
      powerShapingParameters: { topN: 60 },
    }),
  );
  const optIn = (operator: string, signer: string, consumerId: string, key: Uint8Array | undefined) =>
    provider("MsgOptIn", {
      providerAddr: operator,
      consumerId,
      signer,
      consumerKey: key === undefined ? "" : pubKeyJsonOf(key),
    });
  const own = keysOf("replay consumer key");
  await by(main.sender, [optIn(main.operator, main.sender.address, "0", undefined)]);
  await send(first, optIn(first.operator, first.address, "0", own.consensusKey));
  await fails(second, optIn(second.operator, second.address, "0", own.consensusKey));
  await send(second, optIn(second.operator, second.address, "1", undefined));
  await fails(third, optIn(third.operator, third.address, "0", undefined));
  await send(
    second,
    provider("MsgAssignConsumerKey", {
      providerAddr: second.operator,
      consumerId: "1",
      consumerKey: pubKeyJsonOf(keysOf("replay second key").consensusKey),
      signer: second.address,
    }),
    provider("MsgSetConsumerCommissionRate", {
      providerAddr: second.operator,
      consumerId: "1",
      rate: "500000000000000000",
      signer: second.address,
    }),
  );
  await fails(
    second,
    provider("MsgOptOut", {
      providerAddr: second.operator,
      consumerId: "1",
      signer: second.address,
    }),
  );
  await fails(voter, provider("MsgUpdateConsumer", { owner: voter.address, consumerId: "0" }));
  const { timeNs } = await chain.status();
  await send(
    purse,
    provider("MsgUpdateConsumer", {
      owner: purse.address,
      consumerId: "0",
      metadata: { name: "renamed", description: "other", metadata: "{}" },
      initializationParameters: initialization("replayed-1", timeNs),
      infractionParameters: {
        doubleSign: {
          slashFraction: utf8(TENTH),
          jailDuration: nsToDuration(600n * SECOND_NS),
          tombstone: true,
        },
        downtime: {
          slashFraction: utf8("10000000000000000"),
          jailDuration: nsToDuration(60n * SECOND_NS),
          tombstone: false,
        },
      },
    }),
  );
  await blocks(8n);
  await send(second, optIn(second.operator, second.address, "0", undefined));
  await blocks(4n);
  await send(
    second,
    provider("MsgOptOut", {
      providerAddr: second.operator,
      consumerId: "0",
      signer: second.address,
    }),
  );
  // Whom the evidence is about must still be bonded or unbonding, however slow the machine: a validator just made.
  const lateKey = keysOf("replay late consumer key");
  await send(third, createValidator(third, 12n * UNIT));
  await send(
    purse,
    staking("MsgDelegate", delegation(third.operator, 5n * UNIT)),
    staking("MsgUndelegate", delegation(third.operator, 2n * UNIT)),
    staking("MsgUndelegate", delegation(third.operator, UNIT)),
    redelegation(third.operator, main.operator, UNIT),
  );
  await send(third, optIn(third.operator, third.address, "0", lateKey.consensusKey));
  const { evidence, header } = await doubleVoteOf(chain, lateKey, "replayed-1");
  const doubleVoting = (consumerId: string) =>
    provider("MsgSubmitConsumerDoubleVoting", {
      submitter: voter.address,
      duplicateVoteEvidence: evidence,
      infractionBlockHeader: header,
      consumerId,
    });
  await fails(voter, doubleVoting("7"));
  await send(voter, doubleVoting("0"));
  await fails(voter, doubleVoting("0"));
  await fails(voter, provider("MsgRemoveConsumer", { owner: voter.address, consumerId: "0" }));
  await send(purse, provider("MsgRemoveConsumer", { owner: purse.address, consumerId: "0" }));
  await fails(purse, provider("MsgRemoveConsumer", { owner: purse.address, consumerId: "1" }));
  // unbonding of the removed consumer and of delegations, and every proposal, come to their ends
  await blocks(50n);
  // However fast blocks come: what is still unbonding would change balances while later questions are asked.
  for (;;) {
    const { unbondingResponses } = await chain.query.staking.DelegatorUnbondingDelegations({
      delegatorAddr: purse.address,
      pagination: { key: new Uint8Array(), offset: 0n, limit: 100n, countTotal: false, reverse: false },
    });
    if (unbondingResponses.length === 0) return;
    await blocks(1n);
  }
}
