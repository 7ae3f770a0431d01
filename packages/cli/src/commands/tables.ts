/** Tables that several commands print. */
import { type ChainReport, suggest } from "@tandem-ics/localnet";
import pc from "picocolors";
import { CliError } from "../exit-codes.ts";
import { displayWidth, table, terminalWidth } from "../output.ts";

/** Most validators in a table; the rest is counted. */
const MAX_ROWS = 200;
/** Columns that a validator's name has at least. */
const LEAST_NAME = 16;

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

interface Standing {
  readonly jailed: boolean;
  readonly tombstoned: boolean;
}

/** Everybody by name, with what some chain knows of a punishment. */
function standings(chains: readonly ChainReport[]): Map<string, Standing> {
  const names = new Map<string, Standing>();
  for (const chain of chains)
    for (const v of chain.validators) {
      const known = names.get(v.name);
      names.set(v.name, {
        jailed: v.jailed || (known?.jailed ?? false),
        tombstoned: v.tombstoned || (known?.tombstoned ?? false),
      });
    }
  return names;
}

const statusText = ({ jailed, tombstoned }: Standing): string =>
  tombstoned ? "tombstoned" : jailed ? "jailed" : "";

/** `10.7M` for 10710034: three digits, cut and not rounded, so that nobody seems to have more than he has. */
export function shortPower(power: string): string {
  const group = Math.ceil(power.length / 3) - 1;
  const unit = ["", "k", "M", "G", "T", "P", "E"][group];
  if (group === 0 || unit === undefined) return power;
  const whole = power.length - 3 * group;
  const decimals = power.slice(whole, 3).replace(/0+$/, "");
  return `${power.slice(0, whole)}${decimals === "" ? "" : `.${decimals}`}${unit}`;
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (displayWidth(kept + segment) >= width) break;
    kept += segment;
  }
  return `${kept}…`;
}

const powerOn = (chain: ChainReport, name: string): string => {
  const found = chain.validators.find((v) => v.name === name)?.power ?? "0";
  return found === "0" ? "–" : found;
};

const tableWidth = (text: string): number => Math.max(...text.split("\n").map((line) => displayWidth(line)));

/** Short powers and names, punishments in the first column of powers; chains that do not fit are counted. */
function narrowTable(
  people: readonly (readonly [string, Standing])[],
  chains: readonly ChainReport[],
  width: number,
) {
  const columns = chains.map((chain, at) => {
    const cells = people.map(([name, standing]) => {
      const power = powerOn(chain, name);
      return power === "–" && at === 0 ? statusText(standing) || power : shortPower(power);
    });
    return { chain, cells, width: Math.max(...[chain.name, ...cells].map(displayWidth)) + 2 };
  });
  let room = width - LEAST_NAME;
  const fitting = columns.filter((column) => {
    room -= column.width;
    return room >= 0;
  });
  const shown = fitting.length === 0 ? columns.slice(0, 1) : fitting;
  const left = width - shown.reduce((sum, column) => sum + column.width, 0);
  const rows = people.map(([name], i) => [
    cut(name, Math.max(left, LEAST_NAME)),
    ...shown.map(({ cells }) => cells[i]!),
  ]);
  const header = ["validator", ...shown.map(({ chain }) => chain.name)];
  return {
    text: table(
      header,
      rows,
      shown.map((_, i) => i + 1),
    ),
    hidden: chains.length - shown.length,
  };
}

/**
 * Validators with their power on every chain, side by side: exact powers and whole names where the terminal is wide
 * enough, else short ones.
 */
export function validatorTable(
  chains: readonly ChainReport[],
  shown: readonly ChainReport[] = chains,
  width = terminalWidth(),
): string {
  const relevant = [...standings(chains)].filter(([name]) =>
    shown.some((c) => c.validators.some((v) => v.name === name)),
  );
  const people = relevant.slice(0, MAX_ROWS);
  const wide = table(
    ["validator", ...shown.map((c) => c.name), ""],
    people.map(([name, standing]) => [name, ...shown.map((c) => powerOn(c, name)), statusText(standing)]),
  );
  const { text, hidden } =
    tableWidth(wide) <= width ? { text: wide, hidden: 0 } : narrowTable(people, shown, width);
  return [
    text,
    ...(relevant.length > MAX_ROWS ? [pc.dim(`… and ${relevant.length - MAX_ROWS} more`)] : []),
    ...(hidden > 0 ? [pc.dim(`… and ${hidden} more chains: tandem validator list --chain NAME`)] : []),
  ].join("\n");
}
