/** The gateway's routes as an OpenAPI 3.0 document, made from the descriptors. */
import {
  enumDescriptor,
  type FieldDescriptor,
  hasMessage,
  type JsonObject,
  type JsonValue,
  type MethodDescriptor,
  messageDescriptor,
} from "@tandem-ics/proto";
import type { Route } from "./routes.ts";

const VERSION = "3.0.3";
/** Nesting of query parameters that is listed: `pagination.limit`. */
const MAX_PARAMETER_DEPTH = 2;

const SPECIAL: Readonly<Record<string, JsonObject>> = {
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string" },
  "google.protobuf.Any": {
    type: "object",
    properties: { "@type": { type: "string" } },
    additionalProperties: true,
  },
};

const reference = (schema: string): JsonObject => ({ $ref: `#/components/schemas/${schema}` });

function enumSchema(type: string): JsonObject {
  return { type: "string", enum: [...enumDescriptor(type).numberOf.keys()] };
}

/** Schema of a single value; messages are referred to and told to `use`. */
function valueSchema(field: FieldDescriptor, use: (type: string) => void): JsonObject {
  switch (field.kind) {
    case "bool":
      return { type: "boolean" };
    case "int32":
    case "uint32":
      return { type: "integer", format: "int64" };
    case "int64":
    case "uint64":
      return { type: "string", format: field.kind };
    case "bytes":
      return field.custom === undefined ? { type: "string", format: "byte" } : { type: "string" };
    case "enum":
      return enumSchema(field.type);
    case "message": {
      const special = SPECIAL[field.type];
      if (special !== undefined) return { ...special };
      use(field.type);
      return reference(field.type);
    }
    default:
      return { type: "string" };
  }
}

function fieldSchema(field: FieldDescriptor, use: (type: string) => void): JsonObject {
  const schema = valueSchema(field, use);
  if (field.repeated) return { type: "array", items: schema };
  // beside a reference nothing else counts, so that null needs a wrapper
  if ("$ref" in schema) return field.nonNullable ? schema : { nullable: true, allOf: [schema] };
  return field.kind === "bytes" ? { ...schema, nullable: true } : schema;
}

function messageSchema(type: string, use: (type: string) => void): JsonObject {
  const properties: JsonObject = {};
  for (const field of messageDescriptor(type).fields) properties[field.name] = fieldSchema(field, use);
  return { type: "object", properties };
}

/** Query parameters of a message, nested ones with dots. */
function queryParameters(type: string, skip: readonly string[], prefix = "", depth = 1): JsonObject[] {
  return messageDescriptor(type).fields.flatMap((field): JsonObject[] => {
    if (depth === 1 && skip.includes(field.name)) return [];
    const name = `${prefix}${field.name}`;
    if (field.kind === "message" && SPECIAL[field.type] === undefined) {
      if (field.repeated || depth >= MAX_PARAMETER_DEPTH) return [];
      return queryParameters(field.type, skip, `${name}.`, depth + 1);
    }
    const schema = valueSchema(field, () => undefined);
    return [
      {
        name,
        in: "query",
        required: false,
        schema: field.repeated ? { type: "array", items: schema } : schema,
      },
    ];
  });
}

function pathParameters({ method, variables }: Route): JsonObject[] {
  const { byName } = messageDescriptor(method.request);
  return variables.map((name) => {
    const field = byName.get(name);
    return {
      name,
      in: "path",
      required: true,
      schema: field === undefined ? { type: "string" } : valueSchema(field, () => undefined),
    };
  });
}

const content = (schema: JsonObject): JsonObject => ({ "application/json": { schema } });

function operation(route: Route, use: (type: string) => void): JsonObject {
  const { method, variables } = route;
  use(method.response);
  const parameters = pathParameters(route);
  const out: JsonObject = {
    operationId: operationId(method),
    tags: [method.service],
    responses: {
      "200": { description: "The answer.", content: content(reference(method.response)) },
      default: { description: "A refusal.", content: content(reference("google.rpc.Status")) },
    },
  };
  if (route.verb === "POST") {
    use(method.request);
    out["requestBody"] = { required: true, content: content(reference(method.request)) };
  } else parameters.push(...queryParameters(method.request, variables));
  parameters.push({
    name: "x-cosmos-block-height",
    in: "header",
    required: false,
    description: "Height of the state to read; the last one by default.",
    schema: { type: "string", format: "int64" },
  });
  out["parameters"] = parameters;
  return out;
}

const operationId = ({ service, name }: MethodDescriptor): string =>
  `${service.replaceAll(".", "_")}_${name}`;

/** `{denom=**}` is `{denom}` here: that a variable may hold slashes cannot be said. */
const pathOf = (template: string): string => template.replace(/\{([\w.]+)=\*\*?\}/g, "{$1}");

const STATUS: JsonObject = {
  type: "object",
  properties: {
    code: { type: "integer", format: "int32" },
    message: { type: "string" },
    details: { type: "array", items: SPECIAL["google.protobuf.Any"] as JsonValue },
  },
};

/** The document; `chainId` is its title. */
export function openApiDocument(chainId: string, routes: readonly Route[]): JsonObject {
  const schemas: JsonObject = { "google.rpc.Status": STATUS };
  const pending: string[] = [];
  const use = (type: string): void => {
    if (Object.hasOwn(schemas, type) || !hasMessage(type)) return;
    schemas[type] = {};
    pending.push(type);
  };
  const paths: JsonObject = {};
  const shapes = new Map<string, string>();
  for (const route of routes) {
    const path = pathOf(route.template);
    // two templates that differ in the names of variables only are one path, and the first one is served
    const shape = path.replace(/\{[^}]*\}/g, "{}");
    const first = shapes.get(shape) ?? path;
    shapes.set(shape, first);
    const item = (paths[first] ?? {}) as JsonObject;
    const verb = route.verb.toLowerCase();
    if (first !== path || Object.hasOwn(item, verb)) continue;
    item[verb] = operation(route, use);
    paths[path] = item;
  }
  for (let type = pending.pop(); type !== undefined; type = pending.pop())
    schemas[type] = messageSchema(type, use);
  const tags = [...new Set(routes.map(({ method }) => method.service))].map((name) => ({ name }));
  return {
    openapi: VERSION,
    info: { title: chainId, version: "v1", description: "Queries and transactions of this chain as JSON." },
    tags,
    paths,
    components: { schemas },
  };
}
