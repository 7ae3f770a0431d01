/** What chains' refusals mean to the person at the keyboard, and what to do about them. */
import type { ClientError } from "@tandem-ics/client";

/** By codespace and code: SDK `types/errors`, ibc-go core, interchain-security provider. */
const BY_ABCI: Readonly<Record<string, string>> = {
  "sdk/4": "the account that signs is not the one that may do this",
  "sdk/5": "the account has too little: send it coins, or lower --gas-prices or --fees",
  "sdk/9": "the chain does not know this account yet: send it coins first",
  "sdk/11": "raise --gas, or --gas-adjustment when gas is simulated",
  "sdk/13": "the node wants a higher fee: --gas-prices 0.025stake, in a denomination that it takes",
  "sdk/18": "something in the message is not as the chain wants it; the text above says what",
  "sdk/19": "the same transaction waits already: look again after the next block",
  "sdk/20": "the node's mempool is full: try again later",
  "sdk/32": "another program signs with this account at the same time: give each one its own",
  "client/5": "the client of the other chain is frozen: it has seen two headers of one height",
  "client/29": "the client of the other chain has expired or is frozen; governance can recover it",
  "channel/22": "another relayer was faster: nothing is left to do",
  "provider/3": "tandem query provider list-consumer-chains tells which consumers there are",
  "provider/10":
    "a key that any validator has ever used on this consumer cannot be used again: make a new one",
  "CCV/16": "the provider checked the evidence and does not believe it, or does not know the consumer",
  "provider/25": "only the owner of a consumer may change it: sign with the owner's account",
  "provider/27":
    "the consumer's phase does not allow this; tandem query provider consumer-chain tells its phase",
};

/** Texts of refusals without a code of their own: simulations answer with the text alone. */
const BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [
    /validator is tombstoned/,
    "this validator has been punished for a double sign already: once is all there is",
  ],
  [/insufficient fee/, BY_ABCI["sdk/13"]!],
  [/insufficient funds|spendable balance/, BY_ABCI["sdk/5"]!],
  [/out of gas/, BY_ABCI["sdk/11"]!],
  [/does not exist on chain|account .* not found/i, BY_ABCI["sdk/9"]!],
  [/signature verification failed/, "the account's number, sequence or chain id is not what was signed"],
  [
    /tx parse error|unable to resolve type URL/i,
    "the chain does not know this message: is it the right chain?",
  ],
  [
    /no IBC connection yet|tx contains unsupported message types/i,
    "a consumer takes only IBC messages until its CCV channel is open: tandem relay connect opens it",
  ],
];

/** A hint for an error of a chain or of the way to it; nothing where there is none to give. */
export function hintOf(error: ClientError): { hint?: string } {
  if (error.code === "unreachable")
    return {
      hint: "is the node running, and is this its JSON-RPC (port 26657 by default), not gRPC or REST?",
    };
  const { abci } = error;
  const known = abci === undefined ? undefined : BY_ABCI[`${abci.codespace}/${abci.code}`];
  const byText = BY_TEXT.find(([pattern]) => pattern.test(error.message))?.[1];
  const hint = byText ?? known;
  return hint === undefined ? {} : { hint };
}
