import { toProtoJson } from "@tandem-ics/proto";
import { createTestContext, type GenesisServices, type JsonObject } from "@tandem-ics/runtime";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { AuthInfo, Tx, TxBody } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { createGenutilModule } from "./index.ts";

const ctx = createTestContext({ stores: {}, mode: "genesis" });
const UPDATES = [{ pubKey: { ed25519: new Uint8Array(32) }, power: 3n }];

function genTx(typeUrl: string, memo = ""): { tx: Tx; json: JsonObject } {
  const value = MsgCreateValidator.encode(
    MsgCreateValidator.fromPartial({
      validatorAddress: "cosmosvaloper1x",
      minSelfDelegation: "1",
      value: { denom: "stake", amount: "5" },
      commission: { rate: "0", maxRate: "0", maxChangeRate: "0" },
    }),
  ).finish();
  const tx = Tx.fromPartial({
    body: TxBody.fromPartial({ messages: [{ typeUrl, value }], memo }),
    authInfo: AuthInfo.fromPartial({ fee: { gasLimit: 200_000n } }),
    signatures: [Uint8Array.of(1, 2, 3)],
  });
  return { tx, json: toProtoJson("cosmos.tx.v1beta1.Tx", tx) as unknown as JsonObject };
}
const CREATE = "/cosmos.staking.v1beta1.MsgCreateValidator";

function createModule(returnValidatorUpdates?: boolean) {
  const delivered: Uint8Array[] = [];
  const services: GenesisServices = { deliverTx: (_, tx) => void delivered.push(tx) };
  const { module } = createGenutilModule({
    staking: { applyAndReturnValidatorSetUpdates: () => UPDATES },
    ...(returnValidatorUpdates === undefined ? {} : { returnValidatorUpdates }),
  });
  return { module, delivered, init: (state: JsonObject) => module.initGenesis!(ctx, state, services) };
}

test("genesis transactions are delivered in order as the bytes that were signed, then the set is made", () => {
  const { module, delivered, init } = createModule();
  const txs = [genTx(CREATE, "one"), genTx(CREATE, "two")];
  const state = { gen_txs: txs.map(({ json }) => json) };
  module.validateGenesis!(state);
  expect(init(state)).toEqual(UPDATES);
  expect(delivered).toEqual(txs.map(({ tx }) => Tx.encode(tx).finish()));
});

test("returns nothing without transactions, and nothing for a CCV provider", () => {
  expect(createModule().init({ gen_txs: [] })).toBeUndefined();
  expect(createModule().init({ gen_txs: null })).toBeUndefined();
  const { module, init } = createModule(false);
  expect(init({ gen_txs: [genTx(CREATE).json] })).toBeUndefined();
  expect(module.exportGenesis!(ctx)).toEqual({ gen_txs: [] });
});

test("a chain without stake takes none", () => {
  const { module } = createGenutilModule({});
  const services: GenesisServices = { deliverTx: () => undefined };
  expect(module.initGenesis!(ctx, { gen_txs: [] }, services)).toBeUndefined();
  expect(() => module.initGenesis!(ctx, { gen_txs: [genTx(CREATE).json] }, services)).toThrow(
    "a chain without stake takes no genesis transactions",
  );
});

test("a transaction must create one validator", () => {
  const { module } = createModule();
  const { json } = genTx("/cosmos.staking.v1beta1.MsgCreateValidator");
  const body = json["body"] as JsonObject;
  const [message] = body["messages"] as JsonObject[];
  const twice = { ...json, body: { ...body, messages: [message!, message!] } };
  expect(() => module.validateGenesis!({ gen_txs: [twice] })).toThrow("got: 2, expected: 1");
  const other = { ...message, "@type": "/cosmos.bank.v1beta1.MsgSend" };
  const send = {
    ...json,
    body: {
      ...body,
      messages: [{ "@type": other["@type"], from_address: "", to_address: "", amount: [] }],
    },
  };
  expect(() => module.validateGenesis!({ gen_txs: [send] })).toThrow("unexpected GenTx message type");
});
