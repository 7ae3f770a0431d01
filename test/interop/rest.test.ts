/** The very same chain behind a Go provider's REST door and behind ours: the same questions, and no difference. */
import { toBase64 } from "@cosmjs/encoding";
import { coins } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { TxRaw } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { accountOf, walletOf } from "./harness/accounts.ts";
import { describeInterop } from "./harness/peers.ts";
import { createScratch } from "./harness/scratch.ts";
import { type RestCase, restCases } from "./support/rest-cases.ts";
import { CHAIN_ID, type RestTwins, startRestTwins, VALIDATOR } from "./support/rest-twins.ts";

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  /** Whether a height is told, which is not compared: the chains are at different ones. */
  readonly height: boolean;
  readonly body: string;
}

/** Types instead of values; lists by what their items have in common. */
function shapeOf(json: unknown): unknown {
  if (Array.isArray(json)) return [...new Set(json.map((item) => JSON.stringify(shapeOf(item))))].sort();
  if (typeof json !== "object" || json === null) return json === null ? "null" : typeof json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shapeOf(value)]));
}

describeInterop("REST beside a Go provider's", () => {
  const scratch = createScratch();
  let twins: RestTwins;
  beforeAll(async () => {
    twins = await startRestTwins(scratch);
  });
  afterAll(async () => {
    await twins?.close();
    await scratch.end();
  });

  async function ask(url: string, item: RestCase): Promise<Answer> {
    const { account, operator, consensus } = twins;
    const path = item.path.replace("{a}", account).replace("{v}", operator).replace("{c}", consensus);
    const answer = await fetch(`${url}${path}`, {
      method: item.method ?? (item.body === undefined ? "GET" : "POST"),
      redirect: "manual",
      ...(item.body === undefined ? {} : { body: item.body }),
      ...(item.headers === undefined ? {} : { headers: item.headers }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      contentType: answer.headers.get("content-type"),
      location: answer.headers.get("location"),
      height: answer.headers.has("grpc-metadata-x-cosmos-block-height"),
      body: item.shape === true && answer.ok ? JSON.stringify(shapeOf(JSON.parse(text))) : text,
    };
  }

  test("answers and refusals are equal", async () => {
    const differences: unknown[] = [];
    for (const item of restCases) {
      const [go, ours] = await Promise.all([ask(twins.goUrl, item), ask(twins.url, item)]);
      if (JSON.stringify(go) !== JSON.stringify(ours)) differences.push({ item, go, ours });
    }
    expect(differences).toEqual([]);
  });

  test("a transaction looks the same from sending to searching", async () => {
    const { mnemonic, address } = await accountOf(VALIDATOR);
    const signer = await SigningStargateClient.offline(await walletOf(mnemonic));
    const sign = async (amount: string, sequence: number): Promise<string> => {
      const message = {
        typeUrl: "/cosmos.bank.v1beta1.MsgSend",
        value: { fromAddress: address, toAddress: address, amount: coins(amount, "stake") },
      };
      const fee = { amount: coins(5, "stake"), gas: "200000" };
      const data = { accountNumber: 0n, sequence, chainId: CHAIN_ID };
      const raw = await signer.sign(address, [message], fee, "memo <&>", data);
      return toBase64(TxRaw.encode(raw).finish());
    };
    const doors = [twins.goUrl, twins.url];
    const both = async (item: RestCase): Promise<[unknown, unknown]> =>
      (await Promise.all(doors.map(async (url) => JSON.parse((await ask(url, item)).body) as unknown))) as [
        unknown,
        unknown,
      ];
    const same = async (item: RestCase): Promise<unknown> => {
      const [go, ours] = await both(item);
      expect(ours).toEqual(go);
      return go;
    };
    const good = await sign("1", 1);
    const broadcast = (txBytes: string, mode = "BROADCAST_MODE_SYNC"): RestCase => ({
      path: "/cosmos/tx/v1beta1/txs",
      body: JSON.stringify({ tx_bytes: txBytes, mode }),
    });
    const simulate = { path: "/cosmos/tx/v1beta1/simulate", body: JSON.stringify({ tx_bytes: good }) };
    const [goGas, ourGas] = (await both(simulate)).map(shapeOf);
    expect(ourGas).toEqual(goGas);
    await same({ path: "/cosmos/tx/v1beta1/decode", body: JSON.stringify({ tx_bytes: good }) });
    await same(broadcast(await sign("1", 7)));
    const sent = (await same(broadcast(good))) as { tx_response: { code: number; txhash: string } };
    expect(sent.tx_response.code).toBe(0);
    await same(broadcast(good));
    twins.produce();

    const { txhash } = sent.tx_response;
    const found = { path: `/cosmos/tx/v1beta1/txs/${txhash}` };
    for (;;) {
      const { status } = await ask(twins.goUrl, found);
      if (status === 200) break;
      // the next block of the Go chain is a second away
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    type Found = { tx: unknown; tx_response: Record<string, unknown> };
    const [go, ours] = (await both(found)) as [Found, Found];
    expect(ours.tx).toEqual(go.tx);
    // gas is told apart: it depends on the tree's shape; height and time are the chains' own
    const plain = ({ gas_used, height, timestamp, ...rest }: Record<string, unknown>) => ({
      ...rest,
      types: [gas_used, height, timestamp].map((value) => typeof value),
    });
    expect(plain(ours.tx_response)).toEqual(plain(go.tx_response));
    const search = { path: `/cosmos/tx/v1beta1/txs?query=${encodeURIComponent(`tx.hash='${txhash}'`)}` };
    const [goList, ourList] = (await both(search)).map(shapeOf);
    expect(ourList).toEqual(goList);
    const [goBlock, ourBlock] = await Promise.all(
      [go, ours].map(async ({ tx_response }, i) => {
        const { body } = await ask(doors[i] as string, {
          path: `/cosmos/tx/v1beta1/txs/block/${String(tx_response["height"])}`,
        });
        return shapeOf(JSON.parse(body));
      }),
    );
    expect(ourBlock).toEqual(goBlock);
  });
});
