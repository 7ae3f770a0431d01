/** Edits of a node's config.toml, by text: its keys are unique within their section. */
import { readFileSync, writeFileSync } from "node:fs";

/** Sets `key = value` (TOML text) in `section`, `""` being the part before the first one; the key must be there. */
export function setConfig(text: string, section: string, key: string, value: string): string {
  const lines = text.split("\n");
  let inside = "";
  for (const [i, line] of lines.entries()) {
    const header = /^\[([^\]]+)\]\s*$/.exec(line);
    if (header !== null) inside = header[1]!;
    if (inside === section && line.startsWith(`${key} =`)) {
      lines[i] = `${key} = ${value}`;
      return lines.join("\n");
    }
  }
  throw new Error(`config.toml has no ${section}.${key}`);
}

/**
 * Lets nodes of one host talk to each other, and blocks come as quickly as a shared machine allows. `timeoutCommit`: wait
 * after a block, as CometBFT writes durations.
 */
export function editConfig(path: string, timeoutCommit: string): void {
  let text = readFileSync(path, "utf8");
  for (const [section, key, value] of [
    ["consensus", "timeout_commit", timeoutCommit],
    ["consensus", "timeout_propose", "1s"],
    ["consensus", "timeout_prevote", "500ms"],
    ["consensus", "timeout_precommit", "500ms"],
    ["consensus", "peer_gossip_sleep_duration", "20ms"],
    ["p2p", "addr_book_strict", "false"],
    ["p2p", "allow_duplicate_ip", "true"],
    ["p2p", "flush_throttle_timeout", "10ms"],
    ["rpc", "pprof_laddr", ""],
  ] as const)
    text = setConfig(text, section, key, /^(true|false)$/.test(value) ? value : JSON.stringify(value));
  writeFileSync(path, text);
}
