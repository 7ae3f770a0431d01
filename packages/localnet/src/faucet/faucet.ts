/** What a faucet gives: amounts of its account's coins, by ordinary transactions of one sender. */
import { type ChainClient, ClientError, type TxSender } from "@tandem-ics/client";
import { MsgSend } from "cosmjs-types/cosmos/bank/v1beta1/tx";
import { LocalnetError } from "../errors.ts";
import { createCooldown } from "./cooldown.ts";
import { FaucetRefusal, parseCreditRequest } from "./credit-request.ts";

/** An amount of one denomination, base units as decimal text. */
export interface FaucetToken {
  readonly denom: string;
  readonly amount: string;
}

/** What a faucet needs. */
export interface FaucetOptions {
  readonly chain: ChainClient;
  /**
   * Sender of the account that pays. Several credits fit into one block only with a fixed gas limit: a simulation is
   * refused while an earlier transaction of the account waits.
   */
  readonly sender: TxSender;
  /** Prefix of accounts of the chain. */
  readonly prefix: string;
  /** What one credit gives, of each denomination. */
  readonly tokens: readonly FaucetToken[];
  /** How long an account waits for more of the same coin, in ms; 0, the default, never. */
  readonly cooldownMs?: number;
  /** JSON-RPC of the chain, as `/status` tells it. */
  readonly nodeUrl: string;
}

/** What `/status` answers, as CosmJS's own faucet does. */
export interface FaucetStatus {
  readonly status: "ok";
  readonly nodeUrl: string;
  readonly chainId: string;
  /** Denominations that are given. */
  readonly chainTokens: readonly string[];
  /** Those of which there is enough for a credit. */
  readonly availableTokens: readonly string[];
  readonly holder: { readonly address: string; readonly balance: readonly FaucetToken[] };
  /** Accounts that give: the holder gives itself, and needs no others. */
  readonly distributors: readonly never[];
}

/** A faucet without its door. */
export interface Faucet {
  /** Answers the body of a credit request, once a block holds the transaction. Throws {@link FaucetRefusal}. */
  credit(body: string): Promise<void>;
  status(): Promise<FaucetStatus>;
}

/** Credits under way at once; each holds a connection, and a block takes only so many. */
const MAX_PENDING = 500;

/** A failed credit as whoever asked is told. */
function refusalOf(error: unknown): FaucetRefusal {
  if (error instanceof FaucetRefusal) return error;
  if (!(error instanceof ClientError)) return new FaucetRefusal(500, "the credit failed", { cause: error });
  const { code, abci, message } = error;
  const options = { cause: error };
  if (abci?.codespace === "sdk" && abci.code === 5)
    return new FaucetRefusal(503, "the faucet has too little left", options);
  if (abci !== undefined) return new FaucetRefusal(422, message, options);
  if (code === "tx-timeout") return new FaucetRefusal(504, message, options);
  return new FaucetRefusal(503, "the chain does not answer", options);
}

function assertTokens(tokens: readonly FaucetToken[]): void {
  const denoms = new Set(tokens.map(({ denom }) => denom));
  if (tokens.length === 0 || denoms.size !== tokens.length)
    throw new LocalnetError("bad-request", "a faucet gives at least one token, each once");
  for (const { denom, amount } of tokens)
    if (!/^[1-9]\d{0,77}$/.test(amount))
      throw new LocalnetError("bad-request", `a credit of ${denom} cannot be "${amount}"`);
}

/** Makes a faucet. Throws LocalnetError `bad-request` for tokens that cannot be given. */
export function createFaucet(options: FaucetOptions): Faucet {
  const { chain, sender, prefix, tokens, nodeUrl } = options;
  assertTokens(tokens);
  const cooldown = createCooldown(options.cooldownMs ?? 0);
  const amounts = new Map(tokens.map(({ denom, amount }) => [denom, amount]));
  let pending = 0;

  async function balance(): Promise<FaucetToken[]> {
    const held: FaucetToken[] = [];
    for (const { denom } of tokens) {
      const { balance: coin } = await chain.query.bank.Balance({ address: sender.address, denom });
      held.push({ denom, amount: coin?.amount ?? "0" });
    }
    return held;
  }

  async function send(toAddress: string, denom: string, amount: string): Promise<void> {
    const value = MsgSend.fromPartial({
      fromAddress: sender.address,
      toAddress,
      amount: [{ denom, amount }],
    });
    await sender.send([{ typeUrl: MsgSend.typeUrl, value }]);
  }

  return {
    async credit(body) {
      const { address, account, denom } = parseCreditRequest(body, prefix);
      const amount = amounts.get(denom);
      if (amount === undefined)
        throw new FaucetRefusal(
          422,
          `${denom} is not given here; there is ${[...amounts.keys()].join(", ")}`,
        );
      if (pending >= MAX_PENDING) throw new FaucetRefusal(503, "too many credits are under way; try again");
      const waitMs = cooldown.take(account, denom);
      if (waitMs > 0)
        throw new FaucetRefusal(
          429,
          `this account was given ${denom} already; ask again in ${Math.ceil(waitMs / 1000)} s`,
        );
      pending++;
      try {
        await send(address, denom, amount);
      } catch (error) {
        cooldown.release(account, denom);
        throw refusalOf(error);
      } finally {
        pending--;
      }
    },
    async status() {
      let held: FaucetToken[];
      try {
        held = await balance();
      } catch (error) {
        throw refusalOf(error);
      }
      const enough = held.filter(({ denom, amount }) => BigInt(amount) >= BigInt(amounts.get(denom)!));
      return {
        status: "ok",
        nodeUrl,
        chainId: chain.chainId,
        chainTokens: [...amounts.keys()],
        availableTokens: enough.map(({ denom }) => denom),
        holder: { address: sender.address, balance: held },
        distributors: [],
      };
    },
  };
}
