/** Clients and senders of a subject, made once each: a sender counts its account's sequence. */
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { type ChainClient, createTxSender, type TxSender } from "@tandem-ics/client";
import { accountOf } from "./accounts.ts";
import { connectUrl } from "./connect.ts";
import type { Subject } from "./subjects.ts";

/** More than any message here takes: what a chain refuses must be refused in a block, not in a simulation. */
const GAS = 5_000_000n;

/** The doors of a chain at a URL. */
export function createDoors(rpcUrl: string, prefix: string): Pick<Subject, "client" | "sender"> {
  let connected: Promise<ChainClient> | undefined;
  const senders = new Map<string, Promise<TxSender>>();
  const client = () => (connected ??= connectUrl(rpcUrl));
  async function make(name: string): Promise<TxSender> {
    const { chainId, rpc, comet, pace } = await client();
    const { mnemonic } = await accountOf(name);
    const signer = await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
    const { address } = (await signer.getAccounts())[0]!;
    const gas = { kind: "fixed", limit: GAS } as const;
    return createTxSender({ chainId, rpc, comet, pace, signer, address, gas });
  }
  return {
    client,
    sender(name) {
      const known = senders.get(name) ?? make(name);
      senders.set(name, known);
      return known;
    },
  };
}
