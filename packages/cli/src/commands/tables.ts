/** Tables that several commands print. */
import { type ChainReport, suggest } from "@tandem-ics/localnet";
import pc from "picocolors";
import { CliError } from "../exit-codes.ts";
import { displayWidth, table } from "../output.ts";

/** Most validators in a table; the rest is counted. */
const MAX_ROWS = 200;
/** Columns of a terminal that chains may take; the last column, jailed or tombstoned, comes after them. */
const MAX_COLUMNS = 105;

/** A chain as a row: name, role, height, phase, validators, rpc. */
export const chainRows = (chain: ChainReport): string[] => [
  chain.name,
  chain.role,
  chain.height,
  chain.halted === undefined ? chain.phase : "halted",
  String(chain.validators.filter((v) => v.power !== "0").length),
  chain.rpc ?? "",
];

/** A chain by its name, chain id or consumer id. Throws `unknown-name`. */
export function chainNamed(chains: readonly ChainReport[], name: string): ChainReport {
  const found = chains.find((c) => c.name === name || c.chainId === name || c.consumerId === name);
  if (found !== undefined) return found;
  throw new CliError({
    code: "unknown-name",
    message: `there is no chain "${name}"`,
    hint: suggest(
      name,
      chains.map((c) => c.name),
    ),
  });
}

/** Validators with their power on every chain, side by side. */
export function validatorTable(
  chains: readonly ChainReport[],
  shown: readonly ChainReport[] = chains,
): string {
  const names = new Map<string, { jailed: boolean; tombstoned: boolean }>();
  for (const chain of chains)
    for (const v of chain.validators) {
      const known = names.get(v.name);
      names.set(v.name, {
        jailed: v.jailed || (known?.jailed ?? false),
        tombstoned: v.tombstoned || (known?.tombstoned ?? false),
      });
    }
  const power = (chain: ChainReport, name: string): string => {
    const found = chain.validators.find((v) => v.name === name)?.power ?? "0";
    return found === "0" ? "–" : found;
  };
  const relevant = [...names].filter(([name]) =>
    shown.some((c) => c.validators.some((v) => v.name === name)),
  );
  let room = MAX_COLUMNS - Math.max(...relevant.map(([name]) => displayWidth(name)), 0);
  const fitting = shown.filter((c) => {
    room -= c.name.length + 2;
    return room >= 0;
  });
  const columns = fitting.length === 0 ? shown.slice(0, 1) : fitting;
  const rows = relevant
    .slice(0, MAX_ROWS)
    .map(([name, { jailed, tombstoned }]) => [
      name,
      ...columns.map((c) => power(c, name)),
      tombstoned ? "tombstoned" : jailed ? "jailed" : "",
    ]);
  return [
    table(["validator", ...columns.map((c) => c.name), ""], rows),
    ...(relevant.length > MAX_ROWS ? [pc.dim(`… and ${relevant.length - MAX_ROWS} more`)] : []),
    ...(shown.length > columns.length
      ? [pc.dim(`… and ${shown.length - columns.length} more chains: tandem validator list --chain NAME`)]
      : []),
  ].join("\n");
}
