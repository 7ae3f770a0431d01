/** The programs of others that the suites run; `peers/setup.mjs` builds them before the first suite. */

/** What is built. */
export type Peer =
  | "cometbft"
  | "interchain-security-pd"
  | "interchain-security-cd"
  | "interchain-security-cdd";

/** Why there are none here, where there are none. */
export const noPeers: string | undefined = process.env["TANDEM_NO_PEERS"];

/** Path of a built program. */
export function peerPath(peer: Peer): string {
  const paths = JSON.parse(process.env["TANDEM_PEERS"] ?? "{}") as Partial<Record<Peer, string>>;
  const path = paths[peer];
  if (path === undefined) throw new Error(noPeers ?? `no ${peer} was built`);
  return path;
}

/** `describe` for suites that need the peers; without them it is skipped, and the reason stands in its name. */
export const describeInterop = (name: string, body: () => void): void =>
  noPeers === undefined ? describe(name, body) : describe.skip(`${name} (${noPeers})`, body);
