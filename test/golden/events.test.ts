/** Recorded events against those that our chains emit: the same attributes in the same order. */
import type { JsonObject } from "@tandem-ics/comet";
import { recordedEvents } from "./files.ts";
import { chainOf, createNetwork, eventsOf, type Network } from "./subject.ts";

let network: Network;
const missing: string[] = [];

beforeAll(async () => {
  network = await createNetwork();
}, 60_000);
afterAll(async () => {
  await network?.stop();
  if (missing.length > 0)
    process.stdout.write(
      `events that did not happen on the network:\n${missing.map((m) => `  ${m}\n`).join("")}`,
    );
});

// These two say where an event was emitted, in a message or at a block's begin or end.
const PLACE = new Set(["msg_index", "mode"]);

/** `key key key` */
const keysOf = (attributes: readonly { readonly key: string }[]): string =>
  attributes
    .map(({ key }) => key)
    .filter((key) => !PLACE.has(key))
    .join(" ");

const files = recordedEvents();
(files.length > 0 ? describe : describe.skip)("events", () => {
  test.each(files.map(({ name, json }) => [name, json] as const))("%s", (name, recorded) => {
    const ours = eventsOf(chainOf(network, name));
    const shapes = new Map<string, Set<string>>();
    for (const { event } of recorded) {
      const { type, attributes } = event as { type: string; attributes: { key: string }[] } & JsonObject;
      shapes.set(type, (shapes.get(type) ?? new Set()).add(keysOf(attributes)));
    }
    for (const [type, expected] of shapes) {
      const made = new Set(
        ours.filter((event) => event.type === type).map(({ attributes }) => keysOf(attributes)),
      );
      if (made.size === 0) missing.push(`${name}: ${type}`);
      // a chain may emit a type in more ways than were recorded, but not in none of the recorded ones
      else
        expect([type, [...made].some((keys) => expected.has(keys)), [...made]]).toEqual([
          type,
          true,
          expect.anything(),
        ]);
    }
  });
});
