import { coin, coins } from "@cosmjs/proto-signing";
import { assertIsDeliverTxSuccess, calculateFee, type SigningStargateClient } from "@cosmjs/stargate";
import type { Localnet } from "@tandem-ics/localnet";
import { MsgTransfer } from "cosmjs-types/ibc/applications/transfer/v1/tx";
import { clientOf, GAS_PRICE, startTopology } from "./sdk-network.ts";

jest.setTimeout(60_000);

let net: Localnet;
beforeAll(async () => {
  net = await startTopology("pair");
}, 60_000);
afterAll(() => net?.stop());

interface End {
  readonly chain: string;
  readonly address: string;
  readonly client: SigningStargateClient;
}

const endOn = async (chain: string): Promise<End> => ({
  chain,
  ...(await clientOf(net, "user", "direct", chain)),
});

/** Sends over channel-0, which the topology's relayer has opened. */
async function transfer(
  from: End,
  to: End,
  amount: { denom: string; amount: string },
  feeDenom: string,
): Promise<void> {
  const { timeNs } = await net.chain(to.chain).client.status();
  const message = {
    typeUrl: MsgTransfer.typeUrl,
    value: MsgTransfer.fromPartial({
      sourcePort: "transfer",
      sourceChannel: "channel-0",
      token: amount,
      sender: from.address,
      receiver: to.address,
      timeoutTimestamp: timeNs + 600_000_000_000n,
    }),
  };
  const fee = { ...calculateFee(300_000, GAS_PRICE), amount: coins(3000, feeDenom) };
  assertIsDeliverTxSuccess(await from.client.signAndBroadcast(from.address, [message], fee));
}

/** Waits, block by block, until an account holds so much of a denomination. */
async function untilHeld({ chain, client, address }: End, denom: string, amount: string): Promise<void> {
  const { pace, status } = net.chain(chain).client;
  for (let i = 0; i < 60; i++) {
    if ((await client.getBalance(address, denom)).amount === amount) return;
    await pace.after((await status()).height);
  }
  expect(await client.getBalance(address, denom)).toEqual(coin(amount, denom));
}

/** The one denomination that came from the other chain. */
const voucherOf = async ({ client, address }: End): Promise<string> =>
  (await client.getAllBalances(address)).find(({ denom }) => denom.startsWith("ibc/"))!.denom;

test("coins go over and come back, carried by the relayer of the topology", async () => {
  const gaia = await endOn("gaia");
  const wasm = await endOn("wasm");
  const { relayer } = await net.status();
  expect(relayer.paths).toMatchObject([{ chains: ["gaia", "wasm"], channels: ["channel-0", "channel-0"] }]);
  await transfer(gaia, wasm, coin(12_345, "uatom"), "uatom");
  await transfer(wasm, gaia, coin(777, "ucosm"), "ucosm");
  const denomOnWasm = await waitForVoucher(wasm);
  const denomOnGaia = await waitForVoucher(gaia);
  await untilHeld(wasm, denomOnWasm, "12345");
  await untilHeld(gaia, denomOnGaia, "777");
  await transfer(wasm, gaia, coin(345, denomOnWasm), "ucosm");
  await untilHeld(wasm, denomOnWasm, "12000");
  gaia.client.disconnect();
  wasm.client.disconnect();
});

async function waitForVoucher(end: End): Promise<string> {
  const { pace, status } = net.chain(end.chain).client;
  for (let i = 0; i < 60; i++) {
    const held = await end.client.getAllBalances(end.address);
    if (held.some(({ denom }) => denom.startsWith("ibc/"))) break;
    await pace.after((await status()).height);
  }
  return voucherOf(end);
}
