/** What commands that change something have in common: what they print, and `--dry-run`. */
import type { Command } from "commander";
import pc from "picocolors";
import { settingsOf } from "../settings.ts";

/** Where a transaction is. */
export interface TxInfo {
  readonly hash: string;
  readonly height: string;
}

/** A change of the validator sets, and how far it has come by the time that the command ends. */
export interface ChangeInfo extends TxInfo {
  readonly carriedTo: readonly string[];
  readonly appliedOn: readonly string[];
}

/** Last line of a report: a likely next command. */
export const next = (command: string): string => `next    ${pc.cyan(command)}`;

/** Hash and height. */
export const txLines = ({ hash, height }: TxInfo): string[] => [`tx      ${hash}`, `height  ${height}`];

/** How far a change has come, when that was waited for. */
export function arrivalLines({ carriedTo, appliedOn }: ChangeInfo): string[] {
  if (appliedOn.length > 0) return [`in force on ${appliedOn.join(", ")}`];
  return carriedTo.length > 0 ? [`carried to ${carriedTo.join(", ")}`] : [];
}

/** With `--dry-run`: says what would be called. Returns whether it did. */
export function wouldDo(command: Command, method: string, params: unknown[]): boolean {
  const { dryRun, out } = settingsOf(command);
  if (dryRun) out.result({ method, params }, () => `would call ${method} with ${JSON.stringify(params)}`);
  return dryRun;
}
