/** Recorded WebSocket frames against those of a node of ours. */

import type { JsonObject, JsonValue } from "@tandem-ics/comet";
import { WebSocket } from "ws";
import { describeEach } from "../each.ts";
import { recordedSockets } from "./files.ts";
import { differences, withoutValues } from "./structure.ts";
import { chainOf, createNetwork, type Network, type Subject } from "./subject.ts";

const sockets = recordedSockets();
let network: Network;

beforeAll(async () => {
  network = await createNetwork();
}, 60_000);
afterAll(() => network?.stop());

const object = (value: JsonValue | undefined): JsonObject => value as JsonObject;

/** A socket that keeps what it receives. */
async function connect(subject: Subject) {
  const socket = new WebSocket(`${subject.url.replace("http", "ws")}/websocket`);
  const frames: JsonObject[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(data.toString()) as JsonObject));
  await new Promise((resolve) => socket.once("open", resolve));
  const answered = async (count: number): Promise<void> => {
    while (frames.length < count) await new Promise((resolve) => socket.once("message", resolve));
  };
  return { socket, frames, answered };
}

describeEach(sockets.map(({ name, json }) => [name, json] as const))("%s", (name, { sent, received }) => {
  const isEvent = (frame: JsonObject): boolean => object(frame["result"] ?? {})["query"] !== undefined;
  const events = received.filter(isEvent);
  const answers = received.filter((frame) => !isEvent(frame));

  test("each call is answered as recorded, in order, errors with the same texts", async () => {
    const { socket, frames, answered } = await connect(chainOf(network, name));
    for (const frame of sent) socket.send(JSON.stringify(frame));
    socket.send("bad");
    await answered(sent.length + 1);
    const text = (frame: JsonObject): JsonValue => {
      const error = object(frame["error"]);
      return [error["code"]!, error["message"]!, withoutValues(String(error["data"] ?? "").slice(0, 60))];
    };
    for (const frame of frames) {
      const recorded = answers.find(({ id }) => id === frame["id"])!;
      expect(Object.keys(frame)).toEqual(Object.keys(recorded));
      if (frame["error"] !== undefined) expect(text(frame)).toEqual(text(recorded));
      else expect(differences(recorded["result"]!, frame["result"]!)).toEqual([]);
    }
    expect(frames.map(({ id }) => id ?? null)).toEqual([...sent.map(({ id }) => id!), null]);
    socket.close();
  });

  test("each event has the recorded structure", async () => {
    const { socket, frames, answered } = await connect(chainOf(network, name));
    const queries = [...new Set(events.map((frame) => String(object(frame["result"])["query"])))];
    for (const [id, query] of queries.entries())
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method: "subscribe", params: { query } }));
    await answered(queries.length);
    expect(frames.every(({ result }) => JSON.stringify(result) === "{}")).toBe(true);
    frames.length = 0;
    const subject = chainOf(network, name);
    subject.node.mempool.checkTx(await subject.freshTx());
    subject.node.produceBlock();
    await answered(queries.filter((query) => !query.includes("ValidatorSetUpdates")).length);
    for (const frame of frames) {
      const result = object(frame["result"]);
      const recorded = object(
        events.find((event) => object(event["result"])["query"] === result["query"])!["result"],
      );
      expect(differences(recorded["data"]!, result["data"]!)).toEqual([]);
      const tags = Object.values(object(result["events"]));
      expect(tags.every((values) => Array.isArray(values) && values.length > 0)).toBe(true);
      expect(Object.keys(recorded)).toEqual(Object.keys(result));
    }
    socket.close();
  });
});
