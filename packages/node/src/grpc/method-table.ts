/** Which methods there are, and what is said about others (grpc-go `server.go`, `handleStream`). */
import { goQuote } from "../query/go-text.ts";

/** Services by name with the names of their methods, both sorted. */
export type ServiceTable = ReadonlyMap<string, readonly string[]>;

/** Groups `/package.Service/Method` paths by service. */
export function serviceTable(paths: Iterable<string>): ServiceTable {
  const table = new Map<string, string[]>();
  for (const path of [...new Set(paths)].sort()) {
    const cut = path.lastIndexOf("/");
    const service = path.slice(1, cut);
    const methods = table.get(service) ?? [];
    methods.push(path.slice(cut + 1));
    table.set(service, methods);
  }
  return table;
}

/** The text of `Unimplemented` for a path that names no method. */
export function unimplementedText(table: ServiceTable, path: string): string {
  const name = path.replace(/^\//, "");
  const cut = name.lastIndexOf("/");
  if (cut < 0) return `malformed method name: ${goQuote(path)}`;
  const service = name.slice(0, cut);
  return table.has(service)
    ? `unknown method ${name.slice(cut + 1)} for service ${service}`
    : `unknown service ${service}`;
}
