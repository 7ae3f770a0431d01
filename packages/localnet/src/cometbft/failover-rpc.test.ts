import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { callRpc } from "@tandem-ics/client";
import { createFailoverRpc, type Door } from "./failover-rpc.ts";

type Answer = { readonly result: unknown } | { readonly error: { code: number; message: string } };

const servers = new Set<Server>();

async function serve(answer: Answer): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk;
    });
    request.on("end", () =>
      response.end(JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(body).id, ...answer })),
    );
  });
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        servers.delete(server);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

afterAll(() => {
  for (const server of servers) server.close();
});

test("goes on at the next door when one closes, and stays there when it opens again", async () => {
  const [a, b] = [await serve({ result: "a" }), await serve({ result: "b" })];
  let doors: Door[] = [a, b].map(({ url }) => ({ url, open: true }));
  const rpc = createFailoverRpc(() => doors);
  expect(await callRpc(rpc, "status", {})).toBe("a");
  await a.close();
  expect(await callRpc(rpc, "status", {})).toBe("b");
  const again = await serve({ result: "again" });
  doors = [again, b].map(({ url }) => ({ url, open: true }));
  expect(await callRpc(rpc, "status", {})).toBe("b");
  doors = [
    { url: again.url, open: true },
    { url: b.url, open: false },
  ];
  expect(await callRpc(rpc, "status", {})).toBe("again");
  await Promise.all([b.close(), again.close()]);
});

test("takes a refusal as the answer", async () => {
  const [a, b] = [await serve({ error: { code: -32603, message: "no" } }), await serve({ result: "b" })];
  const rpc = createFailoverRpc(() => [a, b].map(({ url }) => ({ url, open: true })));
  await expect(callRpc(rpc, "tx", {})).rejects.toMatchObject({ code: "query-failed" });
  await Promise.all([a.close(), b.close()]);
});

test("says what failed last when nobody answers", async () => {
  const a = await serve({ result: "a" });
  await a.close();
  const rpc = createFailoverRpc(() => [{ url: a.url, open: true }]);
  await expect(callRpc(rpc, "status", {})).rejects.toMatchObject({ code: "unreachable", retryable: true });
});
