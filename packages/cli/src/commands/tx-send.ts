/** From a message to a block: gas, signature, broadcast. With `--offline` the chain is asked for nothing before it has the transaction. */
import type { EncodeObject } from "@cosmjs/proto-signing";
import { validateProviderMessage } from "@tandem-ics/ccv";
import { type ChainClient, checkTx, confirmTx, refusalOf, type TxResult, txHashOf } from "@tandem-ics/client";
import { CodedError, SIGN_MODE } from "@tandem-ics/runtime";
import type { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { CliError, usageError } from "../exit-codes.ts";
import type { Output } from "../output.ts";
import type { Signatory } from "./signatory.ts";
import { accountStateOf, buildTx, encodeTx, namedGas, simulateTx } from "./tx-build.ts";
import type { AccountState, TxOptions } from "./tx-flags.ts";
import { signTx } from "./tx-sign.ts";

/** Programs that share an account can be faster a few times running. */
const MAX_SEQUENCE_ATTEMPTS = 4;
const SEQUENCE_MISMATCH = /account sequence mismatch, expected (\d+), got (\d+)/;

/** Refuses a message that the provider would refuse whatever its state, before anybody signs it. */
export function assertValid(prefix: string, { typeUrl, value }: EncodeObject): void {
  try {
    validateProviderMessage(prefix, typeUrl, value);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const abci = cause instanceof CodedError ? { codespace: cause.codespace, code: cause.code } : undefined;
    throw new CliError(
      {
        code: "usage",
        message: `the chain would refuse this: ${cause.message}`,
        ...(abci === undefined ? {} : { abci }),
      },
      { cause },
    );
  }
}

/** A fee payer signs too: one signature alone would be refused by the chain. */
export function assertSignsAlone({ feePayer }: TxOptions, { address }: Signatory): void {
  if (feePayer === undefined || feePayer === address) return;
  throw usageError(
    `the fee payer ${feePayer} must sign as well`,
    "--generate-only prints the transaction, and tx sign adds one signature after the other",
  );
}

const modeOf = ({ signMode }: TxOptions): number => signMode ?? SIGN_MODE.direct;

/** What a transaction would use on the chain as it is now. */
export async function estimateGas(
  chain: ChainClient,
  { address, publicKey, privateKey }: Signatory,
  tx: Tx,
  options: TxOptions,
): Promise<bigint> {
  const { sequence } = await accountStateOf(chain, address);
  // A group's key would ask for a group's signatures.
  const known = privateKey === undefined ? undefined : publicKey;
  const answer = await simulateTx(chain, tx, { sequence, publicKey: known, signMode: modeOf(options) });
  return answer.gasInfo?.gasUsed ?? 0n;
}

/** Gas that the flags allow, simulated where they say so. */
export async function gasFor(
  chain: ChainClient,
  signatory: Signatory,
  messages: readonly EncodeObject[],
  options: TxOptions,
): Promise<bigint> {
  const { gas } = options.fees;
  if (gas.kind === "fixed") return gas.limit;
  const used = await estimateGas(chain, signatory, buildTx(messages, options, namedGas(options)), options);
  return BigInt(Math.ceil(Number(used) * gas.factor));
}

/** Signs with what the flags tell of the account, and no chain. */
export function signOffline(
  signatory: Signatory,
  messages: readonly EncodeObject[],
  options: TxOptions,
  account: AccountState,
): Tx {
  const { chainId } = options;
  if (chainId === undefined)
    throw usageError("chain ID required but not specified", "--offline asks no chain: --chain-id tells it");
  assertSignsAlone(options, signatory);
  const context = { ...account, chainId, mode: modeOf(options) };
  const unsigned = buildTx(messages, options, namedGas(options));
  return signTx(unsigned, signatory, signatory.address, context, true);
}

/** Gives a node a signed transaction. Throws the chain's refusal as `tx-rejected`. */
export async function broadcast({ rpc, chainId }: ChainClient, tx: Tx): Promise<string> {
  const bytes = encodeTx(tx);
  const answer = await checkTx(rpc, bytes);
  if (answer.code !== 0) throw refusalOf("tx-rejected", chainId, answer);
  return txHashOf(bytes);
}

/** Signs for the account as the chain has it, and gives the transaction to the node. */
export async function signAndBroadcast(
  chain: ChainClient,
  signatory: Signatory,
  messages: readonly EncodeObject[],
  options: TxOptions,
): Promise<string> {
  assertSignsAlone(options, signatory);
  const { address } = signatory;
  const mode = modeOf(options);
  let account = await accountStateOf(chain, address);
  for (let attempt = 0; ; attempt++) {
    const unsigned = buildTx(messages, options, await gasFor(chain, signatory, messages, options));
    const tx = signTx(unsigned, signatory, address, { ...account, chainId: chain.chainId, mode }, true);
    const bytes = encodeTx(tx);
    const answer = await checkTx(chain.rpc, bytes);
    if (answer.code === 0) return txHashOf(bytes);
    const mismatch = SEQUENCE_MISMATCH.exec(answer.log);
    if (mismatch === null || attempt === MAX_SEQUENCE_ATTEMPTS)
      throw refusalOf("tx-rejected", chain.chainId, answer);
    // Somebody else uses the account: take the chain's word.
    account = { ...account, sequence: BigInt(mismatch[1]!) };
  }
}

/** Waits for the block. Throws `tx-failed` when its result has a code. */
export async function settle(chain: ChainClient, hash: string): Promise<TxResult> {
  const result = await confirmTx(chain, hash);
  if (result.code !== 0) throw refusalOf("tx-failed", chain.chainId, result);
  return result;
}

/** Tells of a transaction that a node has taken, or waits for its block. */
export async function report(
  chain: ChainClient,
  hash: string,
  out: Output,
  mode: TxOptions["broadcastMode"],
  text: (result: TxResult) => string,
): Promise<void> {
  if (mode !== undefined) {
    out.result({ hash, txhash: hash, code: 0 }, (r) => `tx      ${r.hash}`);
    return;
  }
  const result = await settle(chain, hash);
  const { height, gasUsed, events } = result;
  out.result(
    { hash, txhash: hash, height: height.toString(), gasUsed: gasUsed.toString(), code: 0, events },
    () => text(result),
  );
}
