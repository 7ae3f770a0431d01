/** The very same chain behind a Go provider's REST door and behind ours: the same questions, and no difference. */
import { describeInterop } from "./harness/peers.ts";
import { createScratch } from "./harness/scratch.ts";
import { type RestCase, restCases } from "./support/rest-cases.ts";
import { type RestTwins, startRestTwins } from "./support/rest-twins.ts";

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly location: string | null;
  /** Whether a height is told, which is not compared: the chains are at different ones. */
  readonly height: boolean;
  readonly body: string;
}

/** Types instead of values; lists by what their items have in common. */
function shapeOf(json: unknown): unknown {
  if (Array.isArray(json)) return [...new Set(json.map((item) => JSON.stringify(shapeOf(item))))].sort();
  if (typeof json !== "object" || json === null) return json === null ? "null" : typeof json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, shapeOf(value)]));
}

describeInterop("REST beside a Go provider's", () => {
  const scratch = createScratch();
  let twins: RestTwins;
  beforeAll(async () => {
    twins = await startRestTwins(scratch);
  });
  afterAll(async () => {
    await twins?.close();
    await scratch.end();
  });

  async function ask(url: string, item: RestCase): Promise<Answer> {
    const { account, operator, consensus } = twins;
    const path = item.path.replace("{a}", account).replace("{v}", operator).replace("{c}", consensus);
    const answer = await fetch(`${url}${path}`, {
      method: item.method ?? (item.body === undefined ? "GET" : "POST"),
      redirect: "manual",
      ...(item.body === undefined ? {} : { body: item.body }),
      ...(item.headers === undefined ? {} : { headers: item.headers }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      contentType: answer.headers.get("content-type"),
      location: answer.headers.get("location"),
      height: answer.headers.has("grpc-metadata-x-cosmos-block-height"),
      body: item.shape === true && answer.ok ? JSON.stringify(shapeOf(JSON.parse(text))) : text,
    };
  }

  test("answers and refusals are equal", async () => {
    const differences: unknown[] = [];
    for (const item of restCases) {
      const [go, ours] = await Promise.all([ask(twins.goUrl, item), ask(twins.url, item)]);
      if (JSON.stringify(go) !== JSON.stringify(ours)) differences.push({ item, go, ours });
    }
    expect(differences).toEqual([]);
  });
});
