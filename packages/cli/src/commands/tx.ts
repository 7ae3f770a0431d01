/** `tandem tx MODULE COMMAND …`: the Go binaries' transaction commands, signed by `--from`, on any chain. */
import type { TxResult } from "@tandem-ics/client";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { connect, isRemote, type NameKind, resolveName } from "./chain-door.ts";
import { next, txLines } from "./change.ts";
import { prefixOf } from "./remote-chain.ts";
import { bareSignatory, type Signatory, signatoryOf } from "./signatory.ts";
import { buildTx, namedGas, operatorOf, txJson } from "./tx-build.ts";
import { addTxFileCommands } from "./tx-files.ts";
import {
  addTxFlags,
  assertAddress,
  isAddress,
  type TxFlags,
  type TxOptions,
  txOptionsOf,
} from "./tx-flags.ts";
import { TXS } from "./tx-messages.ts";
import {
  assertValid,
  broadcast,
  estimateGas,
  gasFor,
  report,
  signAndBroadcast,
  signOffline,
} from "./tx-send.ts";
import type { Signer, TxSpec } from "./tx-spec.ts";

/** What a name stands for in an argument's place. */
const NAMED: Readonly<Record<string, NameKind>> = {
  "<consumer-id>": "consumerId",
  "<to>": "account",
  "<validator>": "operator",
  "<from-validator>": "operator",
  "<to-validator>": "operator",
};

/** Prefix of addresses where no chain is asked and none is named. */
const DEFAULT_PREFIX = "cosmos";

interface Sending {
  readonly spec: TxSpec;
  readonly args: readonly string[];
  readonly flags: TxFlags;
  readonly settings: Settings;
  readonly options: TxOptions;
}

/** This machine's time, for messages that need one where no chain is asked. */
const ownTimeNs = (): Promise<bigint> => Promise.resolve(BigInt(Date.now()) * 1_000_000n);

/** The message of a signer, checked as far as that goes without the chain's state. */
async function messageOf({ spec, flags, settings }: Sending, args: readonly string[], signer: Signer) {
  const message = await spec.build(signer, args, flags, settings.out.note);
  assertValid(signer.address.slice(0, signer.address.lastIndexOf("1")), message);
  return message;
}

function assertParties({ feePayer, feeGranter }: TxOptions): void {
  assertAddress(feePayer, "--fee-payer");
  assertAddress(feeGranter, "--fee-granter");
}

/** Protobuf JSON is the result with --json and without, as of queries. */
const print = (json: string): void => void process.stdout.write(`${json}\n`);

/** Who signs when no chain may be asked: `--from` as an address for what is only printed, else a key that is here. */
async function offlineSignatory({ settings, flags, options }: Sending): Promise<Signatory> {
  const { from } = settings;
  if (options.generateOnly && isAddress(from)) {
    assertAddress(from, "--from");
    return bareSignatory(from);
  }
  const prefix = options.fees.prefix ?? DEFAULT_PREFIX;
  return signatoryOf({ settings, flags, prefix, end: "provider", online: false });
}

/** Makes, and signs if need be, what needs no chain. */
async function sendOffline(sending: Sending): Promise<void> {
  const { spec, args, settings, flags, options } = sending;
  const { offline, generateOnly } = options;
  assertParties(options);
  if (settings.dryRun) throw usageError("cannot estimate gas in offline mode", "leave --dry-run out");
  const signatory = await offlineSignatory(sending);
  const { address } = signatory;
  const message = await messageOf(sending, args, {
    address,
    operator: operatorOf(address),
    timeNs: ownTimeNs,
  });
  if (generateOnly) {
    print(txJson(buildTx([message], options, namedGas(options))));
    return;
  }
  const tx = signOffline(signatory, [message], options, offline!);
  // As the Go binaries do: what was signed without a chain is then given to the node.
  const { chain } = await connect(settings, flags, "provider", spec.module);
  try {
    assertChainId(options, chain.chainId);
    const hash = await broadcast(chain, tx);
    await report(chain, hash, settings.out, options.broadcastMode, (result) =>
      sentLines(result, message.typeUrl, address, []),
    );
  } finally {
    chain.disconnect();
  }
}

/** Refuses a node of another chain. */
function assertChainId({ chainId }: TxOptions, found: string): void {
  if (chainId !== undefined && chainId !== found)
    throw usageError(`--chain-id is ${chainId}, and the node is of ${found}`);
}

async function sendOnline(sending: Sending): Promise<void> {
  const { spec, args, settings, flags } = sending;
  const { chain, end, name } = await connect(settings, flags, "provider", spec.module);
  try {
    assertChainId(sending.options, chain.chainId);
    const prefix = await prefixOf(chain, sending.options.fees.prefix);
    const named = (kind: NameKind, text: string) => resolveName(settings, kind, text, prefix, name);
    const { feePayer, feeGranter } = sending.options;
    const options: TxOptions = {
      ...sending.options,
      feePayer: feePayer === undefined ? undefined : await named("account", feePayer),
      feeGranter: feeGranter === undefined ? undefined : await named("account", feeGranter),
    };
    assertParties(options);
    const { from, out } = settings;
    // Nobody signs what is only tried or printed.
    const looksOnly = (settings.dryRun || options.generateOnly) && isAddress(from);
    if (looksOnly) assertAddress(from, "--from");
    const signatory = looksOnly
      ? bareSignatory(from)
      : await signatoryOf({ settings, flags, prefix, end, chainName: name, online: true });
    const { address } = signatory;
    const resolved = await Promise.all(
      args.map((text, i) => {
        const kind = NAMED[spec.args[i] ?? ""];
        return kind === undefined ? text : named(kind, text);
      }),
    );
    const message = await messageOf({ ...sending, options }, resolved, {
      address,
      operator: operatorOf(address),
      timeNs: async () => (await chain.status()).timeNs,
    });
    if (settings.dryRun) {
      const tx = buildTx([message], options, namedGas(options));
      const gas = await estimateGas(chain, signatory, tx, options);
      out.result(
        { typeUrl: message.typeUrl, signer: address, gas: gas.toString() },
        (m) => `would send ${m.typeUrl} signed by ${m.signer}\ngas     ${m.gas}`,
      );
      return;
    }
    if (options.generateOnly) {
      const gas = options.simulate ? await gasFor(chain, signatory, [message], options) : namedGas(options);
      if (options.simulate) out.note(`gas estimate: ${gas}`);
      print(txJson(buildTx([message], options, gas)));
      return;
    }
    const hash = await signAndBroadcast(chain, signatory, [message], options);
    await report(chain, hash, out, options.broadcastMode, (result) =>
      sentLines(result, message.typeUrl, address, isRemote(settings, flags) ? [] : [next("tandem status")]),
    );
  } finally {
    chain.disconnect();
  }
}

/** What a person reads of a transaction in a block. */
function sentLines(result: TxResult, typeUrl: string, address: string, more: readonly string[]): string {
  const { hash, height, gasUsed, events } = result;
  return [
    ...txLines({ hash, height: height.toString() }),
    `gas     ${gasUsed}`,
    `sent    ${typeUrl.slice(typeUrl.lastIndexOf(".") + 1)} by ${address}`,
    ...createdLines(events),
    ...more,
  ].join("\n");
}

/** What was made and is asked for next: the number of a consumer or of a proposal. */
function createdLines(events: TxResult["events"]): string[] {
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

async function sendTx(
  spec: TxSpec,
  typed: readonly string[],
  flags: TxFlags,
  command: Command,
): Promise<void> {
  // With one argument more the first is who signs, as in the Go binaries.
  const leads = spec.leadingSigner === true && typed.length === spec.args.length + 1;
  const given = settingsOf(command);
  const settings = leads ? { ...given, from: typed[0] } : given;
  // Of a transfer --memo is the packet's, as in the Go binaries, and only --note the transaction's.
  const ownMemo = spec.flags?.some(([flag]) => flag.startsWith("--memo")) ?? false;
  const options = txOptionsOf(flags, ownMemo, settings.out.note);
  const sending = { spec, args: leads ? typed.slice(1) : typed, flags, settings, options };
  const needsNoChain =
    options.generateOnly && !settings.dryRun && !options.simulate && isAddress(settings.from);
  await (options.offline !== undefined || needsNoChain ? sendOffline(sending) : sendOnline(sending));
}

function addTxCommand(group: Command, spec: TxSpec): void {
  const required = spec.args.join(" ");
  const command = addTxFlags(
    group.command(`${spec.command} ${required}${spec.leadingSigner === true ? " [third]" : ""}`.trim()),
  )
    .description(spec.about)
    .allowExcessArguments(false)
    .option("--generate-only", "print the unsigned transaction; of an address no chain is asked");
  if (spec.leadingSigner === true) command.usage(`[options] [from] ${required}`);
  for (const [flag, meaning] of spec.flags ?? []) command.option(flag, meaning);
  if (!spec.flags?.some(([flag]) => flag.startsWith("--memo")))
    command.option("--memo <text>", "the same as --note");
  const example = `Example:\n  tandem tx ${spec.module} ${spec.command} ${spec.example}`;
  command.addHelpText("after", `\n${spec.help === undefined ? "" : `${spec.help}\n\n`}${example}`);
  command.action(async (...all: unknown[]) => {
    const args = all.slice(0, -2).filter((a): a is string => typeof a === "string");
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
  addTxFileCommands(root);
}
