/** `tandem tx MODULE COMMAND …`: the Go binaries' transaction commands, signed by `--from`, on any chain. */
import { fromBech32 } from "@cosmjs/encoding";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { validateProviderMessage } from "@tandem-ics/ccv";
import { CodedError } from "@tandem-ics/runtime";
import type { Command } from "commander";
import { CliError, usageError } from "../exit-codes.ts";
import { addKeyringFlags, type KeyringFlags } from "../keyring-store.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { connect, isRemote, keyOf, type NameKind, resolveName, type Target } from "./chain-door.ts";
import { next, txLines } from "./change.ts";
import { addFeeFlags, type FeeFlags, feesOf } from "./fees.ts";
import { accountOn, prefixOf } from "./remote-chain.ts";
import { TXS } from "./tx-messages.ts";
import type { Signer, SpecFlags, TxSpec } from "./tx-spec.ts";
import { estimateGas, operatorOf, unsignedTxJson } from "./unsigned-tx.ts";

type TxFlags = FeeFlags & KeyringFlags & Target & SpecFlags;

/** What a name stands for in an argument's place. */
const NAMED: Readonly<Record<string, NameKind>> = {
  "<consumer-id>": "consumerId",
  "<to>": "account",
  "<validator>": "operator",
  "<from-validator>": "operator",
  "<to-validator>": "operator",
};

const BROADCAST_MODES: readonly string[] = ["sync", "async"];

const isAddress = (text: string | undefined): text is string => /1[a-z0-9]{38}/.test(text ?? "");

/** An address that was named as the signer must be the one that signs. */
function assertSigner(from: string | undefined, address: string): void {
  if (!isAddress(from) || from === address) return;
  throw usageError(
    `--from is ${from}, and the mnemonic in the environment is of ${address}`,
    "leave --from out, or set TANDEM_MNEMONIC to that account's",
  );
}

/** Refuses a message that the provider would refuse whatever its state, before anybody signs it. */
function assertValid(prefix: string, { typeUrl, value }: EncodeObject): void {
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

function broadcastModeOf(flags: TxFlags): string | undefined {
  const mode = flags["broadcastMode"];
  if (mode === undefined || BROADCAST_MODES.includes(String(mode))) return mode as string | undefined;
  throw usageError(`--broadcast-mode takes ${BROADCAST_MODES.join(" or ")}, not "${mode}"`);
}

/** The message of a command whose signer is an address, without any chain. */
async function offlineMessage(
  spec: TxSpec,
  args: readonly string[],
  flags: TxFlags,
  address: string,
  settings: Settings,
): Promise<EncodeObject> {
  let decoded: ReturnType<typeof fromBech32>;
  try {
    decoded = fromBech32(address);
  } catch (cause) {
    throw usageError(`--from is no address: ${cause instanceof Error ? cause.message : cause}`);
  }
  const signer: Signer = {
    address,
    operator: operatorOf(decoded),
    timeNs: () => Promise.resolve(BigInt(Date.now()) * 1_000_000n),
  };
  const message = await spec.build(signer, args, flags, settings.out.note);
  assertValid(decoded.prefix, message);
  return message;
}

async function sendTx(
  spec: TxSpec,
  args: readonly string[],
  flags: TxFlags,
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  const { out, from } = settings;
  // Of a transfer --memo is the packet's, as in the Go binaries, and only --note the transaction's.
  const ownMemo = spec.flags?.some(([flag]) => flag.startsWith("--memo")) ?? false;
  const { memo: _, ...withoutMemo } = flags;
  const fees = feesOf(ownMemo ? withoutMemo : flags);
  const mode = broadcastModeOf(flags);
  const generate = flags["generateOnly"] === true;
  if (generate && isAddress(from)) {
    // Protobuf JSON is the result with --json and without, as of queries.
    const message = await offlineMessage(spec, args, flags, from, settings);
    process.stdout.write(`${unsignedTxJson(message, fees)}\n`);
    return;
  }
  const { chain, end, name } = await connect(settings, flags, "provider", spec.module);
  try {
    const wanted = flags["chainId"];
    if (wanted !== undefined && wanted !== chain.chainId)
      throw usageError(`--chain-id is ${wanted}, and the node is of ${chain.chainId}`);
    const bech32Prefix = await prefixOf(chain, fees.prefix);
    const { address, sender } = await accountOn(chain, await keyOf(settings, end, name, flags), fees);
    assertSigner(from, address);
    const resolved = await Promise.all(
      args.map((text, i) => {
        const kind = NAMED[spec.args[i] ?? ""];
        return kind === undefined ? text : resolveName(settings, kind, text, bech32Prefix, name);
      }),
    );
    const signer: Signer = {
      address,
      operator: operatorOf(fromBech32(address)),
      timeNs: async () => (await chain.status()).timeNs,
    };
    const message = await spec.build(signer, resolved, flags, out.note);
    assertValid(bech32Prefix, message);
    if (generate) {
      process.stdout.write(`${unsignedTxJson(message, fees)}\n`);
      return;
    }
    if (settings.dryRun) {
      await tryTx(settings, chain, address, message);
      return;
    }
    if (mode !== undefined) {
      const hash = await sender.submit([message]);
      out.result({ hash, txhash: hash, code: 0 }, (r) => `tx      ${r.hash}`);
      return;
    }
    const { hash, height, gasUsed, events } = await sender.send([message]);
    out.result(
      { hash, txhash: hash, height: height.toString(), gasUsed: gasUsed.toString(), code: 0, events },
      (r) =>
        [
          ...txLines(r),
          `gas     ${r.gasUsed}`,
          `sent    ${nameOf(message)} by ${address}`,
          ...createdLines(r.events),
          ...(isRemote(settings, flags) ? [] : [next("tandem status")]),
        ].join("\n"),
    );
  } finally {
    chain.disconnect();
  }
}

const nameOf = ({ typeUrl }: EncodeObject): string => typeUrl.slice(typeUrl.lastIndexOf(".") + 1);

/** What was made and is asked for next: the number of a consumer or of a proposal. */
function createdLines(
  events: readonly { type: string; attributes: readonly { key: string; value: string }[] }[],
): string[] {
  const made: readonly (readonly [type: string, key: string, label: string])[] = [
    ["create_consumer", "consumer_id", "consumer"],
    ["submit_proposal", "proposal_id", "proposal"],
  ];
  return made.flatMap(([type, key, label]) => {
    const event = events.find((e) => e.type === type);
    const value = event?.attributes.find((attribute) => attribute.key === key)?.value;
    return value === undefined ? [] : [`${label.padEnd(8)}${value}`];
  });
}

/** `--dry-run`: lets the chain try the message, and tells what it would take. */
async function tryTx(
  settings: Settings,
  chain: Parameters<typeof estimateGas>[0],
  address: string,
  message: EncodeObject,
): Promise<void> {
  const gas = await estimateGas(chain, address, message);
  settings.out.result(
    { typeUrl: message.typeUrl, signer: address, gas: gas.toString() },
    (m) => `would send ${m.typeUrl} signed by ${m.signer}\ngas     ${m.gas}`,
  );
}

function addTxCommand(group: Command, spec: TxSpec): void {
  const command = addKeyringFlags(addFeeFlags(group.command([spec.command, ...spec.args].join(" "))))
    .description(spec.about)
    .allowExcessArguments(false)
    .option("--chain <name>", "a chain of the network; the provider, or else the first, by default")
    .option("--node <url>", "JSON-RPC of any chain")
    .option("--chain-id <id>", "the chain that is meant; another one is refused")
    .option("-b, --broadcast-mode <mode>", "sync or async: do not wait for the block")
    .option(
      "--generate-only",
      "print the unsigned transaction; --from may be an address, and no chain is asked",
    )
    .option("-o, --output <format>", "json is the same as --json");
  for (const [flag, meaning] of spec.flags ?? []) command.option(flag, meaning);
  if (!spec.flags?.some(([flag]) => flag.startsWith("--memo")))
    command.option("--memo <text>", "the same as --note");
  const example = `Example:\n  tandem tx ${spec.module} ${spec.command} ${spec.example}`;
  command.addHelpText("after", `\n${spec.help === undefined ? "" : `${spec.help}\n\n`}${example}`);
  command.action(async (...all: unknown[]) => {
    const args = all.slice(0, spec.args.length).filter((a): a is string => typeof a === "string");
    await sendTx(spec, args, all.at(-2) as TxFlags, all.at(-1) as Command);
  });
}

/** Adds `tx`. */
export function addTx(program: Command): void {
  const root = program.command("tx").description("send a transaction, signed by --from");
  const groups = new Map<string, Command>();
  for (const spec of TXS) {
    let group = groups.get(spec.module);
    if (group === undefined) {
      group = root.command(spec.module).description(`messages of ${spec.module}`);
      groups.set(spec.module, group);
    }
    addTxCommand(group, spec);
  }
}
