/** `tandem tx sign`, `broadcast`, `encode`, `decode` and the rest: transactions that lie in files, as in the Go binaries. */
import { readFileSync, writeFileSync } from "node:fs";
import { toBech32 } from "@cosmjs/encoding";
import type { ChainClient } from "@tandem-ics/client";
import { equalBytes, fromBase64, fromHex, toBase64 } from "@tandem-ics/crypto";
import { toProtoJsonText } from "@tandem-ics/proto";
import { type MultisigPublicKey, type PublicKey, parsePublicKey, SIGN_MODE } from "@tandem-ics/runtime";
import type { Command } from "commander";
import type { Tx } from "cosmjs-types/cosmos/tx/v1beta1/tx";
import { readText } from "../arguments.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { findKey } from "../keyring-store.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { connect } from "./chain-door.ts";
import { next, txLines } from "./change.ts";
import { prefixOf } from "./remote-chain.ts";
import { type Signatory, signatoryOf } from "./signatory.ts";
import { accountStateOf, decodeTx, encodeTx, simulateTx, txFromJson, txJson } from "./tx-build.ts";
import {
  type AccountState,
  addTxFlags,
  isAddress,
  type TxFlags,
  type TxOptions,
  txOptionsOf,
} from "./tx-flags.ts";
import { broadcast, report } from "./tx-send.ts";
import {
  isMember,
  joinSignatures,
  mustSign,
  readForSigning,
  type SigningContext,
  signatureFault,
  signaturesFromJson,
  signaturesJson,
  signTx,
} from "./tx-sign.ts";

const STANDARD_INPUT = "-";
/** Prefix of addresses where no chain is asked and none is named. */
const DEFAULT_PREFIX = "cosmos";

const readTx = (file: string): Tx =>
  txFromJson(file === STANDARD_INPUT ? readFileSync(0, "utf8") : readText(file), file);

/** Writes a result to standard output, or to the file that `--output-document` names. */
function write(text: string, flags: TxFlags): void {
  const file = flags["outputDocument"];
  if (typeof file !== "string" || file === "") {
    process.stdout.write(`${text}\n`);
    return;
  }
  try {
    writeFileSync(file, `${text}\n`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CliError({ code: "bad-input", message: `${file} cannot be written (${code})` }, { cause });
  }
}

/** What a command on a file works with. */
interface Work {
  readonly settings: Settings;
  readonly flags: TxFlags;
  readonly options: TxOptions;
  /** Prefix of accounts. */
  readonly prefix: string;
  readonly chainId: string;
  /** Absent with `--offline`. */
  readonly chain: ChainClient | undefined;
  accountOf(address: string): Promise<AccountState>;
  signatory(): Promise<Signatory>;
}

/** Runs a command on the chain that is meant, or on none with `--offline`. */
async function withChain(
  command: Command,
  flags: TxFlags,
  work: (work: Work) => Promise<void>,
): Promise<void> {
  const settings = settingsOf(command);
  const options = txOptionsOf(flags, false, settings.out.note);
  const { offline, chainId } = options;
  if (offline !== undefined) {
    if (chainId === undefined)
      throw usageError("chain ID required but not specified", "--offline asks no chain: --chain-id tells it");
    const prefix = options.fees.prefix ?? DEFAULT_PREFIX;
    await work({
      settings,
      flags,
      options,
      prefix,
      chainId,
      chain: undefined,
      accountOf: () => Promise.resolve(offline),
      signatory: () => signatoryOf({ settings, flags, prefix, end: "provider", online: false }),
    });
    return;
  }
  const { chain, end, name } = await connect(settings, flags, "provider", "");
  try {
    if (chainId !== undefined && chainId !== chain.chainId)
      throw usageError(`--chain-id is ${chainId}, and the node is of ${chain.chainId}`);
    const prefix = await prefixOf(chain, options.fees.prefix);
    await work({
      settings,
      flags,
      options,
      prefix,
      chainId: chain.chainId,
      chain,
      accountOf: (address) => accountStateOf(chain, address),
      signatory: () => signatoryOf({ settings, flags, prefix, end, chainName: name, online: true }),
    });
  } finally {
    chain.disconnect();
  }
}

/** A group's key of the keyring, by name or address. */
async function groupOf(
  { settings, flags, prefix }: Work,
  name: string,
): Promise<{ any: NonNullable<Signatory["publicKey"]>; key: MultisigPublicKey; address: string }> {
  const record = await findKey(settings, flags, name);
  if (record === undefined)
    throw new CliError({
      code: "unknown-name",
      message: `there is no key "${name}" in the keyring`,
      hint: "tandem keys add NAME --multisig A,B,C --multisig-threshold 2 makes a group's",
    });
  const key = parsePublicKey(record.pubKeyAny);
  if (key.kind !== "multisig")
    throw new CliError({
      code: "bad-input",
      message: `${record.name} is no group's key, but one of its own`,
    });
  return { any: record.pubKeyAny, key, address: toBech32(prefix, key.address) };
}

function sign(file: string, flags: TxFlags, command: Command): Promise<void> {
  const tx = readTx(file);
  const overwrite = flags["overwrite"] === true;
  return withChain(command, flags, async (work) => {
    const signatory = await work.signatory();
    const context = async (address: string, mode: number): Promise<SigningContext> => ({
      ...(await work.accountOf(address)),
      chainId: work.chainId,
      mode,
    });
    const { signMode } = work.options;
    const groupName = flags["multisig"];
    if (typeof groupName === "string" && groupName !== "") {
      if (signMode === SIGN_MODE.direct)
        throw usageError(
          "members of a group sign with --sign-mode amino-json, which is what they do by default",
        );
      const group = await groupOf(work, groupName);
      if (signatory.publicKey !== undefined && !isMember(group.key, parsePublicKey(signatory.publicKey)))
        throw usageError("signing key is not a part of multisig key");
      const signed = signTx(
        tx,
        signatory,
        group.address,
        await context(group.address, SIGN_MODE.legacyAminoJson),
        overwrite,
      );
      write(signaturesJson(signed), flags);
      return;
    }
    if (!mustSign(readForSigning(tx, work.prefix), signatory.address))
      throw usageError(
        `tx intended signer does not match the given signer: ${signatory.address}`,
        "tandem tx validate-signatures tells who must sign",
      );
    const mode = signMode ?? SIGN_MODE.direct;
    const signed = signTx(
      tx,
      signatory,
      signatory.address,
      await context(signatory.address, mode),
      overwrite,
    );
    write(flags["signatureOnly"] === true ? signaturesJson(signed) : txJson(signed), flags);
  });
}

function multisign(
  file: string,
  name: string,
  signatureFiles: readonly string[],
  flags: TxFlags,
  command: Command,
): Promise<void> {
  const tx = readTx(file);
  const members = signatureFiles.flatMap((path) =>
    signaturesFromJson(readText(path), path).map((member) => ({ ...member, path })),
  );
  return withChain(command, flags, async (work) => {
    const group = await groupOf(work, name);
    const account = await work.accountOf(group.address);
    if (flags["skipSignatureVerification"] !== true) {
      const decoded = readForSigning(tx, work.prefix);
      const context = { ...account, chainId: work.chainId };
      for (const { publicKey, data, path } of members) {
        const fault = signatureFault(decoded, publicKey, data, context, work.prefix);
        if (fault === undefined) continue;
        throw new CliError({
          code: "check-failed",
          message: `couldn't verify signature for address ${toBech32(work.prefix, publicKey.address)} in ${path}: ${fault}`,
          hint: "it is of another transaction, chain, account number or sequence",
        });
      }
    }
    const joined = joinSignatures(tx, group, members, account.sequence);
    write(flags["signatureOnly"] === true ? signaturesJson(joined) : txJson(joined), flags);
  });
}

async function send(file: string, flags: TxFlags, command: Command): Promise<void> {
  const settings = settingsOf(command);
  if (flags["offline"] === true) throw usageError("cannot broadcast tx during offline mode");
  const options = txOptionsOf(flags, false, settings.out.note);
  const tx = readTx(file);
  const { chain } = await connect(settings, flags, "provider", "");
  try {
    if (settings.dryRun) {
      settings.out.result(
        { bytes: encodeTx(tx).length },
        (r) => `would send ${r.bytes} bytes to ${chain.chainId}`,
      );
      return;
    }
    const hash = await broadcast(chain, tx);
    await report(chain, hash, settings.out, options.broadcastMode, ({ height, gasUsed }) =>
      [
        ...txLines({ hash, height: height.toString() }),
        `gas     ${gasUsed}`,
        next(`tandem query grpc cosmos.tx.v1beta1.Service/GetTx '{"hash":"${hash}"}'`),
      ].join("\n"),
    );
  } finally {
    chain.disconnect();
  }
}

function simulate(file: string, flags: TxFlags, command: Command): Promise<void> {
  if (flags["offline"] === true) throw usageError("cannot estimate gas in offline mode");
  const tx = readTx(file);
  return withChain(command, flags, async ({ chain, signatory, settings, prefix }) => {
    const { from } = settings;
    const who = isAddress(from) ? { address: from, publicKey: undefined } : await signatory();
    if (!mustSign(readForSigning(tx, prefix), who.address))
      throw usageError(`tx intended signer does not match the given signer: ${who.address}`);
    const { sequence } = await accountStateOf(chain!, who.address);
    const answer = await simulateTx(chain!, tx, { sequence });
    write(toProtoJsonText("cosmos.tx.v1beta1.SimulateResponse", answer), flags);
  });
}

/** Bytes of a text in base64 or hexadecimal. Throws `usage`. */
function bytesOf(text: string, hex: boolean): Uint8Array {
  try {
    return hex ? fromHex(text.toLowerCase()) : fromBase64(text);
  } catch {
    throw usageError(
      `this is no ${hex ? "hexadecimal" : "base64"}`,
      hex ? "without --hex, base64 is read" : "--hex reads hexadecimal",
    );
  }
}

interface SignatureVerdict {
  readonly address: string;
  /** Nothing when it is good. */
  readonly fault: string | undefined;
}

async function validate(file: string, flags: TxFlags, command: Command): Promise<void> {
  const tx = readTx(file);
  await withChain(command, flags, async (work) => {
    const { prefix, chain, chainId, settings } = work;
    const decoded = readForSigning(tx, prefix);
    const signers = decoded.signers.map((bytes) => toBech32(prefix, bytes));
    const verdicts: SignatureVerdict[] = [];
    for (const [i, { publicKey, signature }] of decoded.signerInfos.entries()) {
      const expected = decoded.signers[i];
      const address = publicKey === undefined ? "" : toBech32(prefix, publicKey.address);
      const fits =
        publicKey !== undefined && expected !== undefined && equalBytes(publicKey.address, expected);
      let fault = fits ? undefined : "signature does not match its respective signer";
      if (fault === undefined && chain !== undefined) {
        const account = await work.accountOf(address);
        fault =
          signature === undefined
            ? "there is no signature"
            : signatureFault(decoded, publicKey as PublicKey, signature, { ...account, chainId }, prefix);
      }
      verdicts.push({ address, fault });
    }
    const missing = signers.length - verdicts.length;
    const valid = missing === 0 && verdicts.every(({ fault }) => fault === undefined);
    const told = { signers, signatures: verdicts, valid };
    const text = (): string =>
      [
        "Signers:",
        ...signers.map((address, i) => `  ${i}: ${address}`),
        "",
        "Signatures:",
        ...verdicts.map(
          ({ address, fault }, i) =>
            `  ${i}: ${address}\t\t\t[${fault === undefined ? "OK" : `ERROR: ${fault}`}]`,
        ),
      ].join("\n");
    // One document with --json: of what fails, in the error.
    if (valid || !settings.out.json) settings.out.result(told, text);
    if (!valid)
      throw new CliError({
        code: "check-failed",
        message:
          missing > 0 ? `signatures validation failed: ${missing} missing` : "signatures validation failed",
        details: told,
      });
  });
}

const OUTPUT_DOCUMENT = ["--output-document <file>", "write the result to a file"] as const;
const SIGNATURE_ONLY = ["--signature-only", "print the signatures alone"] as const;

/** Adds the commands to `tx`. */
export function addTxFileCommands(tx: Command): void {
  const add = (name: string, about: string, example: string): Command =>
    addTxFlags(tx.command(name))
      .description(about)
      .allowExcessArguments(false)
      .addHelpText(
        "after",
        `\nFILE is protobuf JSON; - is standard input.\n\nExample:\n  tandem tx ${example}`,
      );
  add(
    "sign <file>",
    "sign a transaction that --generate-only printed",
    "sign unsigned.json --from alice > signed.json",
  )
    .option(
      "--multisig <name>",
      "sign as a member of this group, a name or address; prints the signature alone",
    )
    .option("--overwrite", "put the signature in place of those that are there, instead of after them")
    .option(...SIGNATURE_ONLY)
    .option(...OUTPUT_DOCUMENT)
    .action(sign);
  add(
    "broadcast <file>",
    "send a signed transaction",
    "broadcast signed.json --node http://127.0.0.1:26657",
  ).action(send);
  add(
    "multi-sign <file> <name> <signatures...>",
    "put the signatures of a group's members together",
    "multi-sign unsigned.json group alice.json bob.json > signed.json",
  )
    .alias("multisign")
    .option("--skip-signature-verification", "take the signatures as they are")
    .option(...SIGNATURE_ONLY)
    .option(...OUTPUT_DOCUMENT)
    .action(multisign);
  add(
    "validate-signatures <file>",
    "tell who must sign, and whether they did",
    "validate-signatures signed.json",
  ).action(validate);
  add(
    "simulate <file>",
    "let the chain try an unsigned transaction",
    "simulate unsigned.json --from alice",
  ).action(simulate);
  add(
    "encode <file>",
    "a transaction as the bytes that a chain takes, in base64",
    "encode signed.json",
  ).action((file: string, flags: TxFlags) => write(toBase64(encodeTx(readTx(file))), flags));
  addTxFlags(tx.command("decode <bytes>"))
    .description("the transaction in these bytes, as JSON")
    .allowExcessArguments(false)
    .option("-x, --hex", "the bytes are in hexadecimal instead of base64")
    .addHelpText("after", "\nExample:\n  tandem tx decode Co0BCooBChwvY29zbW9z…")
    .action((text: string, flags: { hex?: boolean }) => {
      process.stdout.write(`${txJson(decodeTx(bytesOf(text, flags.hex === true)))}\n`);
    });
}
