import { toHex } from "@cosmjs/encoding";
import { ProofSpec } from "cosmjs-types/cosmos/ics23/v1/proofs";
import { Validator } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { ClientState } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { messageDescriptor } from "./descriptor.ts";
import {
  ConnectionMsgUpdateParams,
  ConsumerInitializationParameters,
  ConsumerPacketData,
  codecOf,
  MsgSetConsumerCommissionRate,
  messageNames,
  ProviderParams,
  ProviderQueryClientImpl,
  SlashJailParameters,
  TransferMsgUpdateParams,
} from "./index.ts";
import { emptyMessage } from "./message.ts";

const hex = (typeName: string, message: unknown): string => toHex(codecOf(typeName).encode(message).finish());

describe("what Go holds by value is always written", () => {
  // Bytes as the Go encoder writes an empty struct: fields 1, 4 (year 1), 5, 6 and 7 are there.
  const empty = "0a00220b088092b8c398feffffff012a0032003a00";

  test("when the message is made from nothing", () => {
    const message = ConsumerInitializationParameters.fromPartial({});
    expect(toHex(ConsumerInitializationParameters.encode(message).finish())).toBe(empty);
    expect(message.spawnTime).toEqual({ seconds: -62_135_596_800n, nanos: 0 });
  });

  test("also when the caller left the properties out", () => {
    const careless = { ...ConsumerInitializationParameters.fromPartial({}) } as Record<string, unknown>;
    for (const key of [
      "initialHeight",
      "spawnTime",
      "unbondingPeriod",
      "ccvTimeoutPeriod",
      "transferTimeoutPeriod",
    ]) {
      delete careless[key];
    }
    expect(hex("interchain_security.ccv.provider.v1.ConsumerInitializationParameters", careless)).toBe(empty);
  });

  test("decimals and integers are the text 0", () => {
    expect(toHex(SlashJailParameters.encode(SlashJailParameters.fromPartial({})).finish())).toBe(
      "0a01301200",
    );
    expect(
      toHex(MsgSetConsumerCommissionRate.encode(MsgSetConsumerCommissionRate.fromPartial({})).finish()),
    ).toBe("1a0130");
    expect(MsgSetConsumerCommissionRate.decode(new Uint8Array(0)).rate).toBe("0");
    // Params: ccv_timeout_period, slash_meter_replenish_period, and a Coin whose amount is 0.
    expect(toHex(ProviderParams.encode(ProviderParams.fromPartial({})).finish())).toBe("1a0032004a03120130");
  });

  test("what Go holds by pointer is not", () => {
    expect(ProviderParams.fromPartial({}).templateClient).toBeUndefined();
    expect(ProviderParams.decode(new Uint8Array(0)).templateClient).toBeUndefined();
  });

  test("bytes of an empty message of any ICS type are read back", () => {
    for (const name of messageNames().filter((n) => n.startsWith("interchain_security."))) {
      const message = emptyMessage(messageDescriptor(name));
      expect([name, codecOf(name).fromPartial({})]).toEqual([name, message]);
      expect([name, codecOf(name).decode(codecOf(name).encode(message).finish())]).toEqual([name, message]);
    }
  });
});

test("a packet's oneof is a union of its cases", () => {
  const packet = ConsumerPacketData.fromPartial({
    type: 2,
    data: { $case: "vscMaturedPacketData", value: { valsetUpdateId: 9n } },
  });
  const bytes = ConsumerPacketData.encode(packet).finish();
  expect(toHex(bytes)).toBe("08021a020809");
  expect(ConsumerPacketData.decode(bytes)).toEqual(packet);
});

describe("codecs of cosmjs-types after repair", () => {
  test("a validator without unbonding ids has no empty list on the wire", () => {
    const validator = Validator.fromPartial({ tokens: "1", delegatorShares: "1", minSelfDelegation: "1" });
    expect(toHex(Validator.encode(validator).finish())).not.toContain("6a00");
    const some = { ...validator, unbondingIds: [1n, 300n] };
    expect(toHex(Validator.encode(some).finish())).toContain("6a0301ac02");
    expect(Validator.decode(Validator.encode(some).finish())).toEqual(some);
  });

  test("partial messages are completed in depth", () => {
    const { commission, description } = Validator.fromPartial({ description: { moniker: "m" } });
    expect(description).toEqual({
      moniker: "m",
      identity: "",
      website: "",
      securityContact: "",
      details: "",
    });
    expect(commission.commissionRates.rate).toBeDefined();
  });

  test("a client state keeps the key comparison flag of its proof specs", () => {
    const spec = { ...ProofSpec.fromPartial({ maxDepth: 1 }), prehashKeyBeforeComparison: true };
    const state = { ...ClientState.fromPartial({}), proofSpecs: [spec] };
    expect(ClientState.decode(ClientState.encode(state).finish()).proofSpecs).toEqual([spec]);
  });

  test("parameter updates nest the parameters of their own module", () => {
    const connection = { signer: "a", params: { maxExpectedTimePerBlock: 30_000_000_000n } };
    expect(toHex(ConnectionMsgUpdateParams.encode(connection).finish())).toBe("0a016112060880d88ee16f");
    expect(ConnectionMsgUpdateParams.decode(ConnectionMsgUpdateParams.encode(connection).finish())).toEqual(
      connection,
    );
    const transfer = { signer: "a", params: { sendEnabled: true, receiveEnabled: false } };
    expect(toHex(TransferMsgUpdateParams.encode(transfer).finish())).toBe("0a016112020801");
  });
});

test("query clients call the method of the service with encoded messages", async () => {
  const calls: [string, string, string][] = [];
  const client = new ProviderQueryClientImpl({
    request: (service, method, data) => {
      calls.push([service, method, toHex(data)]);
      return Promise.resolve(Uint8Array.of(0x08, 0x05));
    },
  });
  const answer = await client.QueryBlocksUntilNextEpoch({});
  expect(calls).toEqual([["interchain_security.ccv.provider.v1.Query", "QueryBlocksUntilNextEpoch", ""]]);
  expect(answer.blocksUntilNextEpoch).toBe(5n);
});
