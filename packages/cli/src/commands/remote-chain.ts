/** Chains that are only a URL: reaching them, telling what they are, and paying there. */
import { DirectSecp256k1HdWallet, type OfflineDirectSigner } from "@cosmjs/proto-signing";
import { HttpClient, type RpcClient } from "@cosmjs/tendermint-rpc";
import {
  type ChainClient,
  ClientError,
  connectChain,
  createDirectSigner,
  createPollingPace,
  createTxSender,
  type TxSender,
} from "@tandem-ics/client";
import { accountOfMnemonic } from "@tandem-ics/localnet";
import type { Endpoint } from "@tandem-ics/relayer";
import { CliError, usageError } from "../exit-codes.ts";
import type { FeeOptions } from "./fees.ts";

/** Longest wait for one answer of a node, in ms: a query of a large chain takes seconds. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Time between two questions for a new block, in ms: blocks of real chains take seconds. */
const POLL_MS = 200;

/**
 * The HTTP address of a node's JSON-RPC, from any form that people have at hand: `http(s)://`, `tcp://` as in
 * config.toml, `ws(s)://…/websocket`, or host and port. CometBFT answers HTTP wherever it answers WebSocket.
 */
export function rpcAddress(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  const http = withScheme.replace(/^(tcp|ws):/i, "http:").replace(/^wss:/i, "https:");
  try {
    const url = new URL(http);
    if (!/^https?:$/.test(url.protocol) || url.hostname === "") throw new TypeError("no http");
    url.pathname = url.pathname.replace(/\/websocket\/?$/, "/");
    return url.href.replace(/\/$/, "");
  } catch {
    throw usageError(
      `"${text}" is no address of a node`,
      "write http://HOST:26657; https://, tcp:// and ws:// do as well",
    );
  }
}

/** Where a refused connection hides its reason. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; status?: number }; message?: string };
  if (cause?.status !== undefined) return `HTTP status ${cause.status}`;
  return cause?.code ?? message ?? String(error);
}

/** `user:password@` of a URL as a header: `fetch` refuses it in the URL. */
function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** JSON-RPC over HTTP that names the node in its errors, and answers no more once disconnected. */
export function createRemoteRpc(text: string): RpcClient {
  const url = new URL(rpcAddress(text));
  // Errors are shown and kept: passwords and keys in the URL stay out of them.
  const address = `${url.origin}${url.pathname.replace(/\/$/, "")}`;
  const headers = authorizationOf(url);
  url.username = url.password = "";
  const http = new HttpClient({ url: url.href, headers }, ANSWER_TIMEOUT_MS);
  let closed = false;
  const unreachable = (why: string, cause?: unknown): ClientError =>
    new ClientError("unreachable", `${address} does not answer: ${why}`, { retryable: true, cause });
  return {
    async execute(request) {
      // Waits for blocks end with the command, not with the next block.
      if (closed) throw unreachable("disconnected");
      try {
        return await http.execute(request);
      } catch (error) {
        // What the node itself says is JSON; everything else is the way there.
        if (/"code":\s*-3\d{4}/.test(String(error))) throw error;
        throw unreachable(reasonOf(error), error);
      }
    },
    disconnect() {
      closed = true;
    },
  };
}

/** Connects to the chain at a URL. */
export function connectUrl(text: string): Promise<ChainClient> {
  const rpc = createRemoteRpc(text);
  return connectChain(rpc, { pace: createPollingPace(rpc, { intervalMs: POLL_MS }) });
}

/** Whether an error is a chain's answer, and not the way there. */
export const isAnswer = (error: unknown): boolean =>
  !(error instanceof ClientError && error.code === "unreachable");

async function answers(query: Promise<unknown>): Promise<boolean> {
  try {
    await query;
    return true;
  } catch (error) {
    if (isAnswer(error)) return false;
    throw error;
  }
}

/** Refuses a chain that is not of the role in which it was given. */
export async function assertRole(chain: ChainClient, role: "provider" | "consumer"): Promise<void> {
  const isProvider = () => answers(chain.query.provider.QueryParams({}));
  const isConsumer = () => answers(chain.query.ccvconsumer.QueryParams({}));
  if (await (role === "provider" ? isProvider() : isConsumer())) return;
  const other = role === "provider" ? "consumer" : "provider";
  throw usageError(
    `--${role} is ${chain.chainId}, which is no ${role} chain`,
    (await (role === "provider" ? isConsumer() : isProvider()))
      ? `it is a ${other}: --${other} takes it`
      : `it has no module of interchain security (${role === "provider" ? "provider" : "ccvconsumer"})`,
  );
}

/** Prefix of a chain's accounts, as the chain itself says; `given` where it does not. */
export async function prefixOf(chain: ChainClient, given?: string): Promise<string> {
  try {
    const { bech32Prefix } = await chain.query.auth.Bech32Prefix({});
    if (bech32Prefix !== "") return bech32Prefix;
  } catch (error) {
    if (!isAnswer(error)) throw error;
  }
  if (given !== undefined) return given;
  throw usageError(
    `${chain.chainId} does not tell the prefix of its addresses`,
    "--prefix tells it: --prefix cosmos",
  );
}

/** Names of the ends of a path: each may have a mnemonic of its own. */
export type EndName = "provider" | "consumer" | "a" | "b";

/** The mnemonic that pays on one end: TANDEM_PROVIDER_MNEMONIC and so on, or TANDEM_MNEMONIC for all. */
export function mnemonicFromEnv(end: EndName): string | undefined {
  const own = process.env[`TANDEM_${end.toUpperCase()}_MNEMONIC`] ?? "";
  const any = process.env["TANDEM_MNEMONIC"] ?? "";
  const found = own.trim() === "" ? any.trim() : own.trim();
  return found === "" ? undefined : found;
}

/** What is said when nobody is there to pay. */
export const noMnemonic = (end: EndName): CliError =>
  usageError(
    "there is no account that signs",
    `set TANDEM_MNEMONIC, or TANDEM_${end.toUpperCase()}_MNEMONIC for this chain alone, in the environment; secrets are never flags`,
  );

/** What signs: a mnemonic with the path of its key when that is not the SDK's default, or a bare secp256k1 key. */
export type SigningKey =
  | { readonly mnemonic: string; readonly hdPath?: string }
  | { readonly privateKey: Uint8Array };

/** A signer; a mnemonic's is on the SDK's default path m/44'/118'/0'/0/0 when there is no other. */
export async function signerOf(key: SigningKey, prefix: string): Promise<OfflineDirectSigner> {
  if ("privateKey" in key) return createDirectSigner(key.privateKey, prefix);
  const { mnemonic, hdPath } = key;
  try {
    if (hdPath === undefined) return await DirectSecp256k1HdWallet.fromMnemonic(mnemonic, { prefix });
    return createDirectSigner(accountOfMnemonic("", mnemonic, hdPath).privateKey, prefix);
  } catch (cause) {
    // The words stay out of the message, and so does CosmJS's text, which may hold them.
    throw new CliError({ code: "bad-input", message: "the mnemonic is not one of BIP-39" }, { cause });
  }
}

/** The account that signs on a chain. */
export async function accountOn(
  chain: ChainClient,
  key: SigningKey,
  fees: FeeOptions,
): Promise<{ signer: OfflineDirectSigner; address: string; sender: TxSender }> {
  const signer = await signerOf(key, await prefixOf(chain, fees.prefix));
  const { address } = (await signer.getAccounts())[0]!;
  const { chainId, rpc, comet, pace } = chain;
  const { gas, gasPrice, fee } = fees;
  const sender = createTxSender({
    chainId,
    rpc,
    comet,
    pace,
    signer,
    address,
    gas,
    ...(gasPrice === undefined ? {} : { gasPrice }),
    ...(fee === undefined ? {} : { fee }),
  });
  if (fees.memo === undefined) return { signer, address, sender };
  const { memo } = fees;
  return {
    signer,
    address,
    sender: {
      ...sender,
      submit: (messages, own = memo) => sender.submit(messages, own),
      send: (messages, own = memo) => sender.send(messages, own),
    },
  };
}

/** A sender for commands that only look: it has no account, and refuses to send. */
export function createReadOnlySender(end: EndName): TxSender {
  const refuse = (): Promise<never> => Promise.reject(noMnemonic(end));
  return { address: "", submit: refuse, confirm: refuse, settle: refuse, send: refuse };
}

/** A chain and the account of its end there; without `sends` nobody is asked to pay. */
export async function openEndpoint(
  url: string,
  end: EndName,
  fees: FeeOptions,
  sends: boolean,
): Promise<Endpoint> {
  const mnemonic = sends ? mnemonicFromEnv(end) : undefined;
  if (sends && mnemonic === undefined) throw noMnemonic(end);
  const chain = await connectUrl(url);
  try {
    if (end === "provider" || end === "consumer") await assertRole(chain, end);
    const sender =
      mnemonic === undefined
        ? createReadOnlySender(end)
        : (await accountOn(chain, { mnemonic }, fees)).sender;
    return { chain, sender };
  } catch (error) {
    chain.disconnect();
    throw error;
  }
}
