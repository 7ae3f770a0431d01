/**
 * Path templates of the REST gateway and how a path finds its method (grpc-gateway v1 `runtime/pattern.go`): the first
 * template in declaration order that fits wins.
 */
import { type MethodDescriptor, methods } from "@tandem-ics/proto";

type Segment =
  | { readonly kind: "literal"; readonly text: string }
  /** One segment, or with `deep` any number of them joined by slashes. */
  | { readonly kind: "variable"; readonly name: string; readonly deep: boolean };

/** One method of one service at one path. */
export interface Route {
  readonly verb: "GET" | "POST";
  /** As in the .proto file: `/cosmos/bank/v1beta1/balances/{address}`. */
  readonly template: string;
  readonly method: MethodDescriptor;
  /** Names of the variables in the path, in order. */
  readonly variables: readonly string[];
  readonly segments: readonly Segment[];
}

/** A route with the values of its variables, in order of {@link Route.variables}. */
export interface Match {
  readonly route: Route;
  readonly values: readonly string[];
}

function parseSegment(text: string): Segment {
  const variable = /^\{([\w.]+)(?:=(\*\*?))?\}$/.exec(text);
  if (variable === null) return { kind: "literal", text };
  return { kind: "variable", name: variable[1] as string, deep: variable[2] === "**" };
}

/** Values of the variables if the path fits. */
function fit(segments: readonly Segment[], components: readonly string[]): string[] | undefined {
  const values: string[] = [];
  let at = 0;
  for (const [i, segment] of segments.entries()) {
    if (segment.kind === "variable" && segment.deep) {
      const end = components.length - (segments.length - i - 1);
      if (end < at) return undefined;
      values.push(components.slice(at, end).join("/"));
      at = end;
      continue;
    }
    const component = components[at++];
    if (component === undefined) return undefined;
    if (segment.kind === "variable") values.push(component);
    else if (segment.text !== component) return undefined;
  }
  return at === components.length ? values : undefined;
}

/** Services with routes in their .proto files that no SDK 0.50 chain with ibc-go v10 gives to its gateway. */
const UNROUTED: readonly string[] = [
  "/ibc.core.client.v2.Query/",
  "/cosmos.base.reflection.v1beta1.ReflectionService/",
];

/** Routes of the methods that somebody answers, in declaration order. */
export function routesOf(answered: Iterable<string>): Route[] {
  const paths = new Set(answered);
  return methods().flatMap((method): Route[] => {
    if (method.http === undefined || !paths.has(method.path)) return [];
    if (UNROUTED.some((service) => method.path.startsWith(service))) return [];
    const segments = method.http.path.split("/").slice(1).map(parseSegment);
    const variables = segments.flatMap((segment) => (segment.kind === "variable" ? [segment.name] : []));
    const verb = method.http.verb === "post" ? "POST" : "GET";
    return [{ verb, template: method.http.path, method, variables, segments }];
  });
}

/** The first route that the path fits, of the given verb or of the others. */
export function findRoute(
  routes: readonly Route[],
  path: string,
  accepts: (route: Route) => boolean,
): Match | undefined {
  const components = path.slice(1).split("/");
  for (const route of routes) {
    if (!accepts(route)) continue;
    const values = fit(route.segments, components);
    if (values !== undefined) return { route, values };
  }
  return undefined;
}
