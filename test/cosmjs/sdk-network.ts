/** `localnet/sdk.yaml`, running, for tests that talk to it as wallets do: over HTTP and WebSocket, with CosmJS's own classes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type OfflineAminoSigner, Secp256k1HdWallet } from "@cosmjs/amino";
import { stringToPath } from "@cosmjs/crypto";
import { DirectSecp256k1HdWallet, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { GasPrice, SigningStargateClient } from "@cosmjs/stargate";
import { Localnet, parseTopology } from "@tandem-ics/localnet";

/** Validator of the topology. */
export const VALIDATOR = "cosmosvaloper12nt2hqjps8r065wc02qks88tvqzdeua06e982h";
/** An account that holds coins and never sends any. */
export const UNUSED = "cosmos1cjsxept9rkggzxztslae9ndgpdyt2408lk850u";
export const GAS_PRICE = GasPrice.fromString("0.01ucosm");

/** Path of a topology that the repository comes with. */
export const topologyFile = (name: string): string =>
  readFileSync(join(__dirname, `../../localnet/${name}.yaml`), "utf8");

/** Starts a topology of the repository with its doors open. */
export const startTopology = (name: string): Promise<Localnet> =>
  Localnet.start({
    checkInvariants: true,
    topology: parseTopology(topologyFile(name), name),
    clock: "system",
    listen: true,
  });

/** A wallet of an account of the network; `amino` signs as Ledgers and older wallets do. */
export async function walletOf(
  net: Localnet,
  account: string,
  kind: "direct" | "amino" = "direct",
  chain = "fast",
): Promise<{ address: string; wallet: OfflineDirectSigner | OfflineAminoSigner }> {
  const known = net.accounts.find((a) => a.name === account && a.chain === chain)!;
  const options = {
    prefix: net.chain(chain).bech32Prefix,
    hdPaths: [stringToPath(known.hdPath ?? "m/44'/118'/0'/0/0")],
  };
  const wallet =
    kind === "amino"
      ? await Secp256k1HdWallet.fromMnemonic(known.mnemonic!, options)
      : await DirectSecp256k1HdWallet.fromMnemonic(known.mnemonic!, options);
  const [first] = await wallet.getAccounts();
  return { address: first!.address, wallet };
}

/** A client that signs for an account. */
export async function clientOf(
  net: Localnet,
  account: string,
  kind: "direct" | "amino" = "direct",
  chain = "fast",
): Promise<{ address: string; client: SigningStargateClient }> {
  const { address, wallet } = await walletOf(net, account, kind, chain);
  const client = await SigningStargateClient.connectWithSigner(net.chain(chain).rpcUrl!, wallet, {
    broadcastPollIntervalMs: 100,
    gasPrice: GAS_PRICE,
  });
  return { address, client };
}
