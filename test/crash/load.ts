/** Accounts that send coins as fast as the node takes them, until it is gone; tells a record what they were told. */
import { Comet38Client, HttpClient } from "@cosmjs/tendermint-rpc";
import {
  callRpc,
  createDirectSigner,
  createPollingPace,
  createTxSender,
  findTx,
  latestHeight,
} from "@tandem-ics/client";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import type { ChainRecord } from "./chain-record.ts";
import { ACCOUNTS, type Account, CHAIN_ID, DENOM } from "./subject.ts";

/** A load that runs. */
export interface Load {
  /** Transactions that the node took. */
  readonly accepted: number;
  /** Resolves when nothing is asked any more. */
  stop(): Promise<void>;
}

/** Starts to send to the node at `url`. What fails after the node was killed is of no interest. */
export function startLoad(url: string, record: ChainRecord): Load {
  let running = true;
  let accepted = 0;

  async function sendFrom({ privateKey, address }: Account, to: Account): Promise<void> {
    const rpc = new HttpClient(url, 5_000);
    const sender = createTxSender({
      chainId: CHAIN_ID,
      rpc,
      comet: Comet38Client.create(rpc),
      signer: createDirectSigner(privateKey, "cosmos"),
      address,
      pace: createPollingPace(rpc),
      gas: { kind: "fixed", limit: 200_000n },
    });
    const value = MsgSend.fromPartial({
      fromAddress: address,
      toAddress: to.address,
      amount: [{ denom: DENOM, amount: "1" }],
    });
    let earlier: string | undefined;
    while (running) {
      const hash = await sender.submit([{ typeUrl: MsgSend.typeUrl, value }]);
      accepted++;
      record.tookTx(hash);
      // Whether the one before is in a block by now is for the record.
      const found = earlier === undefined ? undefined : await findTx(rpc, earlier);
      if (found !== undefined) record.sawTx(found.hash, found.height);
      if (earlier === undefined || found !== undefined) earlier = hash;
    }
  }

  async function watchTip(): Promise<void> {
    const rpc = new HttpClient(url, 5_000);
    const pace = createPollingPace(rpc, { intervalMs: 5 });
    let height = await latestHeight(rpc);
    while (running) {
      height = await pace.after(height);
      const { sync_info } = (await callRpc(rpc, "status", {})) as {
        sync_info: { latest_block_height: string; latest_block_hash: string };
      };
      record.sawHeight(BigInt(sync_info.latest_block_height), sync_info.latest_block_hash);
    }
  }

  const work = Promise.allSettled([
    watchTip(),
    ...ACCOUNTS.map((account, i) => sendFrom(account, ACCOUNTS[(i + 1) % ACCOUNTS.length]!)),
  ]);
  return {
    get accepted() {
      return accepted;
    },
    async stop() {
      running = false;
      await work;
    },
  };
}
