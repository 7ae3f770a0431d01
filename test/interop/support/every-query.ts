/** A request for every query method, out of what the walk left behind: by the names of the fields. */
import { codecOf, hasMessage, type JsonValue, messageDescriptor, methods } from "@tandem-ics/proto";

/** Services of the node, not of its application, and of modules whose answers are about the program. */
const NOT_ASKED = /^cosmos\.(base|tx|reflection|autocli|app)\./;
/** Answers in the order of a Go map, another one each time. */
const WITHOUT_ORDER = "/cosmos.params.v1beta1.Query/Subspaces";

/** Values for fields, by name; several values make several requests. */
export type Known = Readonly<Record<string, readonly (string | bigint | number | boolean)[]>>;

/** One question. */
export interface Question {
  /** `/package.Service/Method` */
  readonly path: string;
  /** What stands in the request, for the reader of a failure. */
  readonly about: string;
  readonly request: Uint8Array;
}

/** Requests for a method: an empty one, and the n-th value of every field that is known, for each n. */
function requestsOf(path: string, typeName: string, known: Known): Question[] {
  const { fields } = messageDescriptor(typeName);
  const values = fields.map(({ name }) => known[name] ?? []);
  const count = Math.max(0, ...values.map((list) => list.length));
  const codec = codecOf(typeName);
  const question = (partial: Record<string, unknown>): Question => ({
    path,
    about: JSON.stringify(partial, (_, value: JsonValue | bigint) =>
      typeof value === "bigint" ? value.toString() : value,
    ),
    request: codec.encode(codec.fromPartial(partial as never)).finish(),
  });
  const filled = Array.from({ length: count }, (_, i) => {
    const partial: Record<string, unknown> = {};
    for (const [at, field] of fields.entries()) {
      const list = values[at]!;
      if (list.length > 0) partial[field.property] = list[Math.min(i, list.length - 1)];
      else if (field.name === "pagination") partial["pagination"] = { limit: 2n, countTotal: true };
    }
    return question(partial);
  });
  return [question({}), ...filled];
}

/** Questions for every method of every `Query` service that `served` names. */
export const everyQuestion = (served: ReadonlySet<string>, known: Known): Question[] =>
  methods()
    .filter(({ service, path }) => service.endsWith(".Query") && !NOT_ASKED.test(service) && served.has(path))
    .filter(({ path }) => path !== WITHOUT_ORDER)
    .filter(({ request }) => hasMessage(request))
    .flatMap(({ path, request }) => requestsOf(path, request, known));
