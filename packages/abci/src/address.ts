/** Addresses as CometBFT writes them in `proxy_app`: `unix:///path` and `tcp://host:port`. */
import { resolve } from "node:path";
import { AbciError } from "./errors.ts";

/** Where a server listens. */
export type AbciAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

// `sun_path` of Linux without its final zero; longer paths are cut off silently by some systems.
const MAX_SOCKET_PATH_BYTES = process.platform === "linux" ? 107 : 103;
const MAX_PORT = 65_535;

/** Reads an address. A relative path is one below the working directory. @throws AbciError `invalidAddress`. */
export function parseAddress(text: string): AbciAddress {
  const [, scheme, rest = ""] = /^(unix|tcp):\/\/(.+)$/s.exec(text) ?? [];
  if (scheme === "unix") return unixAddress(rest);
  const [, host, port] = /^(\[[0-9a-fA-F:.]+\]|[^:[\]/]+):(\d{1,5})$/.exec(rest) ?? [];
  if (scheme !== "tcp" || host === undefined || Number(port) > MAX_PORT)
    throw new AbciError(
      "invalidAddress",
      `${JSON.stringify(text)} is no ABCI address: give unix:///path/to/app.sock or tcp://127.0.0.1:26658`,
    );
  return { kind: "tcp", host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function unixAddress(rest: string): AbciAddress {
  const path = resolve(rest);
  const length = Buffer.byteLength(path);
  if (length > MAX_SOCKET_PATH_BYTES)
    throw new AbciError(
      "invalidAddress",
      `the path of a Unix socket holds at most ${MAX_SOCKET_PATH_BYTES} bytes, this one has ${length}: ${path}`,
    );
  return { kind: "unix", path };
}

/** The text of an address, as `proxy_app` takes it. */
export function formatAddress(address: AbciAddress): string {
  if (address.kind === "unix") return `unix://${address.path}`;
  const { host, port } = address;
  return `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
