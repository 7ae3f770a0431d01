/** `tandem tx MODULE COMMAND …`: the Go binaries' transaction commands, signed by `--from`, on any chain. */
import { fromBech32, toBech32 } from "@cosmjs/encoding";
import type { Command } from "commander";
import { usageError } from "../exit-codes.ts";
import { addKeyringFlags, type KeyringFlags } from "../keyring-store.ts";
import { settingsOf } from "../settings.ts";
import { connect, isRemote, keyOf, type NameKind, resolveName, type Target } from "./chain-door.ts";
import { next, txLines } from "./change.ts";
import { addFeeFlags, type FeeFlags, feesOf } from "./fees.ts";
import { accountOn, prefixOf } from "./remote-chain.ts";
import { TXS } from "./tx-messages.ts";
import type { TxSpec } from "./tx-spec.ts";

type TxFlags = FeeFlags & KeyringFlags & Target & { readonly [name: string]: string | boolean | undefined };

/** What a name stands for in an argument's place. */
const NAMED: Readonly<Record<string, NameKind>> = {
  "<consumer-id>": "consumerId",
  "<to>": "account",
  "<validator>": "operator",
  "<from-validator>": "operator",
  "<to-validator>": "operator",
};

/** An address that was named as the signer must be the one that signs. */
function assertSigner(from: string | undefined, address: string): void {
  if (from === undefined || from === address || !/1[a-z0-9]{38}/.test(from)) return;
  throw usageError(
    `--from is ${from}, and the mnemonic in the environment is of ${address}`,
    "leave --from out, or set TANDEM_MNEMONIC to that account's",
  );
}

async function sendTx(
  spec: TxSpec,
  args: readonly string[],
  flags: TxFlags,
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  // Of a transfer --memo is the packet's, as in the Go binaries, and only --note the transaction's.
  const ownMemo = spec.flags?.some(([flag]) => flag.startsWith("--memo")) ?? false;
  const { memo: _, ...withoutMemo } = flags;
  const fees = feesOf(ownMemo ? withoutMemo : flags);
  const { chain, end, name } = await connect(settings, flags, "provider", spec.module);
  try {
    const bech32Prefix = await prefixOf(chain, fees.prefix);
    const { address, sender } = await accountOn(chain, await keyOf(settings, end, name, flags), fees);
    assertSigner(settings.from, address);
    const { prefix, data } = fromBech32(address);
    const resolved = await Promise.all(
      args.map((text, i) => {
        const kind = NAMED[spec.args[i] ?? ""];
        return kind === undefined ? text : resolveName(settings, kind, text, bech32Prefix, name);
      }),
    );
    const signer = {
      address,
      operator: toBech32(`${prefix}valoper`, data),
      timeNs: async () => (await chain.status()).timeNs,
    };
    const message = await spec.build(signer, resolved, flags);
    if (settings.dryRun) {
      settings.out.result(
        { typeUrl: message.typeUrl, signer: address },
        (m) => `would send ${m.typeUrl} signed by ${m.signer}`,
      );
      return;
    }
    const { hash, height, gasUsed, events } = await sender.send([message]);
    settings.out.result(
      { hash, height: height.toString(), gasUsed: gasUsed.toString(), code: 0, events },
      (r) =>
        [
          ...txLines(r),
          `gas     ${r.gasUsed}`,
          `sent    ${message.typeUrl.slice(message.typeUrl.lastIndexOf(".") + 1)} by ${address}`,
          ...(isRemote(settings, flags) ? [] : [next("tandem status")]),
        ].join("\n"),
    );
  } finally {
    chain.disconnect();
  }
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
    const command = addKeyringFlags(addFeeFlags(group.command([spec.command, ...spec.args].join(" "))))
      .option("--chain <name>", "a chain of the network; the provider, or else the first, by default")
      .option("--node <url>", "JSON-RPC of any chain");
    for (const [flag, meaning] of spec.flags ?? []) command.option(flag, meaning);
    if (!spec.flags?.some(([flag]) => flag.startsWith("--memo")))
      command.option("--memo <text>", "the same as --note");
    command.action(async (...all: unknown[]) => {
      const args = all.slice(0, spec.args.length).filter((a): a is string => typeof a === "string");
      await sendTx(spec, args, all.at(-2) as TxFlags, all.at(-1) as Command);
    });
  }
}
