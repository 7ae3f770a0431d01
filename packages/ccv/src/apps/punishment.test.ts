/** Punishing validators of a consumer on a whole provider: real stake that leaves, real clients, real signatures. */
import { MsgSubmitConsumerDoubleVoting, MsgSubmitConsumerMisbehaviour } from "@tandem-ics/proto";
import {
  QuerySigningInfoRequest,
  QuerySigningInfoResponse,
} from "cosmjs-types/cosmos/slashing/v1beta1/query";
import {
  QueryUnbondingDelegationRequest,
  QueryUnbondingDelegationResponse,
  QueryValidatorRequest,
  QueryValidatorResponse,
} from "cosmjs-types/cosmos/staking/v1beta1/query";
import { MsgBeginRedelegate, MsgUndelegate } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { QueryClientStatusRequest, QueryClientStatusResponse } from "cosmjs-types/ibc/core/client/v1/query";
import {
  duplicateVotes,
  type ForkSide,
  forkOf,
  ibcHeader,
  signerOf,
  voteOf,
} from "../testing/consumer-votes.ts";
import { testAddress } from "../testing/fake-staking.ts";
import {
  ADDRESSES,
  accountOf,
  executeBlock,
  operatorOf,
  packed,
  SECOND_NS,
  START_NS,
  signed,
} from "../testing/staked-chain.ts";
import { CONSUMER, launchedProvider, PROVIDER, type WholeProvider } from "../testing/whole-provider.ts";

/** Keys on the consumer of validators 1, 2 and 3. */
const SIGNERS = [1, 2, 3].map(signerOf);
const POWERS = [10n, 8n, 5n];
/** When the client's trusting period ends: 0.66 of 20 days after the launch in block 3. */
const CLIENT_EXPIRES_NS = START_NS + 3n * SECOND_NS + (20n * 86_400n * SECOND_NS * 66n) / 100n;
const stake = (amount: string) => ({ denom: "stake", amount });

/** A provider whose launched consumer is validated by all three, each with a key of its own. */
const launched = (): WholeProvider => launchedProvider(SIGNERS.map(({ keyJson }) => keyJson));

function ask<T>(
  { app }: WholeProvider,
  path: string,
  request: Uint8Array,
  response: { decode(bytes: Uint8Array): T },
): T {
  return response.decode(app.grpcQuery({ path, data: request }).value);
}
const validator = (chain: WholeProvider, n: number) => {
  const request = QueryValidatorRequest.encode({ validatorAddr: operatorOf(n) }).finish();
  return ask(chain, "/cosmos.staking.v1beta1.Query/Validator", request, QueryValidatorResponse).validator;
};
const signingInfo = (chain: WholeProvider, n: number) => {
  const consAddress = ADDRESSES.consensus.encode(testAddress(n));
  const request = QuerySigningInfoRequest.encode({ consAddress }).finish();
  return ask(chain, "/cosmos.slashing.v1beta1.Query/SigningInfo", request, QuerySigningInfoResponse)
    .valSigningInfo;
};
const clientStatus = (chain: WholeProvider): string => {
  const request = QueryClientStatusRequest.encode({ clientId: "07-tendermint-0" }).finish();
  return ask(chain, "/ibc.core.client.v1.Query/ClientStatus", request, QueryClientStatusResponse).status;
};

const doubleVoting = (n: number) => {
  const signer = SIGNERS[n - 1]!;
  return packed(
    MsgSubmitConsumerDoubleVoting,
    MsgSubmitConsumerDoubleVoting.create({
      submitter: accountOf(1),
      consumerId: "0",
      duplicateVoteEvidence: duplicateVotes([voteOf(signer, CONSUMER, "a"), voteOf(signer, CONSUMER, "b")]),
      infractionBlockHeader: ibcHeader({ signers: SIGNERS, powers: POWERS }),
    }),
  );
};
const fork = (a: Partial<ForkSide>, b: Partial<ForkSide>) => {
  const side = { signers: SIGNERS, powers: POWERS };
  return packed(
    MsgSubmitConsumerMisbehaviour,
    MsgSubmitConsumerMisbehaviour.create({
      submitter: accountOf(1),
      consumerId: "0",
      misbehaviour: forkOf({ ...side, ...a }, { ...side, ...b }),
    }),
  );
};
const data = (byte: number) => ({ dataHash: new Uint8Array(32).fill(byte) });

describe("double voting on a consumer", () => {
  test("[slash-18] cuts stake, what unbonds and what was moved elsewhere, jails for ever and tombstones", () => {
    const chain = launched();
    expect(
      chain.act(
        [
          2,
          packed(MsgUndelegate, {
            delegatorAddress: accountOf(2),
            validatorAddress: operatorOf(2),
            amount: stake("2000000"),
          }),
        ],
        [
          2,
          packed(MsgBeginRedelegate, {
            delegatorAddress: accountOf(2),
            validatorSrcAddress: operatorOf(2),
            validatorDstAddress: operatorOf(3),
            amount: stake("1000000"),
          }),
        ],
      ),
    ).toEqual(["ok", "ok"]);
    expect(validator(chain, 2).tokens).toBe("5000000");
    expect(validator(chain, 3).tokens).toBe("6000000");
    expect(chain.act([1, doubleVoting(2)])).toEqual(["ok"]);
    // 5 % of the 8 000 000 that were there: 100 000 of what unbonds, 50 000 of what was moved, the rest of what is left.
    expect(validator(chain, 2)).toMatchObject({ tokens: "4750000", jailed: true });
    expect(validator(chain, 3).tokens).toBe("5950000");
    const request = QueryUnbondingDelegationRequest.encode({
      delegatorAddr: accountOf(2),
      validatorAddr: operatorOf(2),
    }).finish();
    const { unbond } = ask(
      chain,
      "/cosmos.staking.v1beta1.Query/UnbondingDelegation",
      request,
      QueryUnbondingDelegationResponse,
    );
    expect(unbond.entries.map(({ initialBalance, balance }) => [initialBalance, balance])).toEqual([
      ["2000000", "1900000"],
    ]);
    const info = signingInfo(chain, 2);
    expect(info.tombstoned).toBe(true);
    expect(info.jailedUntil.seconds).toBeGreaterThan(START_NS / SECOND_NS + 290n * 365n * 86_400n);
    expect(chain.app.invariants()).toEqual([]);
  });

  test("[slash-20] convicts once", () => {
    const chain = launched();
    expect(chain.act([1, doubleVoting(3)])).toEqual(["ok"]);
    const [again] = chain.act([1, doubleVoting(3)]);
    expect(again).not.toBe("ok");
    expect(validator(chain, 3).tokens).toBe("4750000");
    expect(chain.app.invariants()).toEqual([]);
  });
});

describe("a light client attack by a consumer", () => {
  test.each<[string, Partial<ForkSide>, Partial<ForkSide>]>([
    ["equivocation", { changes: data(1) }, { changes: data(2) }],
    ["lunatic", {}, { changes: { appHash: new Uint8Array(32).fill(9) }, round: 2 }],
  ])("[slash-21] [slash-23] of kind %s punishes who signed both, and freezes no client", (_, a, b) => {
    const chain = launched();
    // Validator 3 does not sign the second header, and validator 2 was convicted before: it is passed over.
    expect(chain.act([1, doubleVoting(2)])).toEqual(["ok"]);
    expect(chain.act([1, fork(a, { ...b, absent: [2] })])).toEqual(["ok"]);
    expect([1, 2, 3].map((n) => validator(chain, n).tokens)).toEqual(["9500000", "7600000", "5000000"]);
    expect([1, 2, 3].map((n) => signingInfo(chain, n).tombstoned)).toEqual([true, true, false]);
    expect(clientStatus(chain)).toBe("Active");
    // Nobody is left to punish.
    expect(chain.act([1, fork(a, { ...b, absent: [2] })])).not.toEqual(["ok"]);
    expect(chain.app.invariants()).toEqual([]);
  });

  test("[slash-21] by amnesia is nobody's", () => {
    const chain = launched();
    const [log] = chain.act([1, fork({ changes: data(1) }, { changes: data(2), round: 1 })]);
    expect(log).not.toBe("ok");
    expect([1, 2, 3].map((n) => validator(chain, n).jailed)).toEqual([false, false, false]);
  });

  test("[slash-22] is refused when the trusted header is older than the trusting period", () => {
    const chain = launched();
    const { app } = chain;
    const message = signed(PROVIDER, 1, fork({ changes: data(1) }, { changes: data(2) }));
    const { txResults } = executeBlock(app, 4n, { txs: [message], timeNs: CLIENT_EXPIRES_NS });
    expect(txResults[0]).toMatchObject({ codespace: "07-tendermint" });
    expect(validator(chain, 1).jailed).toBe(false);
  });

  test("[slash-22] is taken one nanosecond before the trusting period ends", () => {
    const chain = launched();
    const message = signed(PROVIDER, 1, fork({ changes: data(1) }, { changes: data(2) }));
    const { txResults } = executeBlock(chain.app, 4n, { txs: [message], timeNs: CLIENT_EXPIRES_NS - 1n });
    expect(txResults[0]).toMatchObject({ code: 0, log: "" });
  });
});
