/** `tandem query MODULE COMMAND …`: the Go binaries' queries, and any gRPC query by its name, printed as they print them. */

import { suggest } from "@tandem-ics/localnet";
import {
  codecOf,
  fromProtoJson,
  type JsonObject,
  type MethodDescriptor,
  messageDescriptor,
  methods,
  ProtoError,
  parseJson,
  toProtoJsonText,
} from "@tandem-ics/proto";
import type { Command } from "commander";
import { CliError, usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import { connect, type NameKind, resolveName, type Target } from "./chain-door.ts";
import { goQueryText } from "./go-query-text.ts";
import { addPageFlags, pageRequestOf } from "./page-flags.ts";
import { CCV_QUERIES } from "./query-ccv.ts";
import { MODULE_QUERIES } from "./query-modules.ts";
import type { QueryField, QueryFlags, QuerySpec } from "./query-spec.ts";
import { isAnswer, prefixOf } from "./remote-chain.ts";

const QUERIES: readonly QuerySpec[] = [...CCV_QUERIES, ...MODULE_QUERIES];

/** One question to a chain. */
interface Question {
  readonly method: MethodDescriptor;
  readonly target: Target;
  readonly role: "provider" | "consumer";
  /** What the query is about; empty for one by its gRPC name. */
  readonly module: string;
  /** Height of the state that is asked; the latest by default. */
  readonly height: number | undefined;
  /** Field of the answer that is printed alone. */
  readonly only?: string;
  /** Writes the answer in another form than protobuf JSON. */
  readonly write?: (typeName: string, answer: unknown) => string;
  /** The request as protobuf JSON; `named` replaces a name of the running network by what it stands for. */
  request(named: (kind: NameKind, text: string) => Promise<string>): Promise<JsonObject>;
}

function methodOf(path: string): MethodDescriptor {
  const slash = path.lastIndexOf("/");
  const [service, name] = [path.slice(0, slash), path.slice(slash + 1)];
  const found = methods().find((m) => m.service === service && m.name === name);
  if (found !== undefined) return found;
  throw new CliError({
    code: "not-found",
    message: `there is no query ${path}`,
    hint: suggest(
      path,
      methods()
        .filter((m) => m.service === service || m.name === name)
        .map((m) => `${m.service}/${m.name}`),
    ),
  });
}

/** The request's bytes. What does not fit its type was typed wrongly. */
function encodeRequest({ request }: MethodDescriptor, json: JsonObject): Uint8Array {
  try {
    return codecOf(request)
      .encode(fromProtoJson(request, json) as never)
      .finish();
  } catch (cause) {
    if (!(cause instanceof ProtoError)) throw cause;
    throw usageError(cause.message.replace(`${request}.`, ""));
  }
}

/** Protobuf JSON of an answer, or of one field of it. */
function answerText({ method: { response }, only, write }: Question, bytes: Uint8Array): string {
  const answer = codecOf(response).decode(bytes) as { [field: string]: unknown };
  if (write !== undefined) return write(response, answer);
  if (only === undefined) return toProtoJsonText(response, answer);
  const field = messageDescriptor(response).fields.find(({ name }) => name === only)!;
  const value = answer[field.property];
  return value === undefined ? "null" : toProtoJsonText(field.type, value);
}

async function runQuery(question: Question, command: Command): Promise<void> {
  const settings = settingsOf(command);
  const { method, height } = question;
  const { chain, name } = await connect(settings, question.target, question.role, question.module);
  try {
    const named = async (kind: NameKind, text: string): Promise<string> =>
      resolveName(settings, kind, text, await prefixOf(chain), name);
    const bytes = encodeRequest(method, await question.request(named));
    const { value } = await chain.query.queryAbci(`/${method.service}/${method.name}`, bytes, height);
    // JSON is the result with --json and without: it is what scripts and people of these chains read.
    process.stdout.write(`${answerText(question, value)}\n`);
  } catch (cause) {
    if (cause instanceof CliError || !isAnswer(cause)) throw cause;
    throw new CliError(
      { code: "query-failed", message: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  } finally {
    chain.disconnect();
  }
}

function heightOf(flags: QueryFlags): number | undefined {
  const text = flags["height"];
  if (text === undefined) return undefined;
  if (typeof text !== "string" || !/^\d{1,15}$/.test(text))
    throw usageError(`--height takes a block's height, not "${text}"`);
  return text === "0" ? undefined : Number(text);
}

const camelCase = (flag: string): string =>
  /^--([a-z-]+)/.exec(flag)![1]!.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** What was typed, with the field that it belongs to. */
function typedOf(spec: QuerySpec, all: readonly unknown[], flags: QueryFlags): [QueryField, string][] {
  const typed: [QueryField, string][] = [];
  spec.args.forEach(([, field], i) => {
    const text = all[i];
    if (typeof text === "string" && text !== "") typed.push([field, text]);
  });
  for (const [flag, , field] of spec.flags ?? []) {
    const text = flags[camelCase(flag)];
    if (typeof text === "string") typed.push([field, text]);
  }
  return typed;
}

/** Flags of every query, as the Go binaries have them. */
const addQueryFlags = (command: Command, chain: string): Command =>
  command
    .allowExcessArguments(false)
    .option("--chain <name>", `a chain of the network; ${chain} by default`)
    .option("--node <url>", "JSON-RPC of any chain")
    .option("--height <height>", "state after that block; the latest by default")
    .option("-o, --output <format>", "json is all there is");

/** Arguments in examples. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "<consumer-id>": "0",
  "[phase]": "3",
  "<provider-validator-address>": "cosmosvalcons1…",
  "<consumer-validator-address>": "cosmosvalcons1…",
  "<client-id>": "07-tendermint-0",
  "<proposal-id>": "1",
  "[params-type]": "voting",
  "<address>": "cosmos1…",
  "<voter>": "cosmos1…",
  "<depositor>": "cosmos1…",
  "<delegator-addr>": "cosmos1…",
  "<validator-addr>": "cosmosvaloper1…",
};

function addQueryCommand(group: Command, spec: QuerySpec): void {
  const role = spec.role ?? "provider";
  const method = methodOf(spec.path);
  const hasPages = messageDescriptor(method.request).fields.some(({ name }) => name === "pagination");
  const command = addQueryFlags(
    group.command([spec.command, ...spec.args.map(([arg]) => arg)].join(" ")).description(spec.about),
    `the ${role === "provider" ? "provider" : "first consumer"}`,
  );
  if (spec.alias !== undefined) command.alias(spec.alias);
  if (spec.autocli === true) command.option("--no-indent", "print the answer on one line");
  if (hasPages) addPageFlags(command);
  for (const [flag, meaning] of spec.flags ?? []) command.option(flag, meaning);
  const example = [
    "tandem query",
    spec.module,
    spec.command,
    ...spec.args.map(([arg]) => EXAMPLES[arg] ?? arg),
  ];
  command.addHelpText("after", `\nExample:\n  ${example.join(" ")}`);
  command.action(async (...all: unknown[]) => {
    const flags = all.at(-2) as QueryFlags & Target;
    // What needs no chain to be read is read before one is asked.
    const typed = typedOf(spec, all, flags).map(([field, text]) => ({
      ...field,
      text,
      value: field.kind === undefined ? (field.read?.(text) ?? text) : undefined,
    }));
    const page = hasPages ? pageRequestOf(flags, spec.pageLimit) : undefined;
    await runQuery(
      {
        method,
        role,
        module: spec.module,
        target: flags,
        height: heightOf(flags),
        ...(spec.only === undefined ? {} : { only: spec.only }),
        ...(spec.autocli === true
          ? { write: (type: string, answer: unknown) => goQueryText(type, answer, flags["indent"] !== false) }
          : {}),
        async request(named) {
          const request: JsonObject = page === undefined ? {} : { pagination: page };
          for (const { field, kind, read, text, value } of typed) {
            const meant = kind === undefined ? undefined : await named(kind, text);
            request[field] = value ?? (meant === undefined ? text : (read?.(meant) ?? meant));
          }
          return request;
        },
      },
      all.at(-1) as Command,
    );
  });
}

/** Adds `query`. */
export function addQuery(program: Command): void {
  const root = program.command("query").alias("q").description("read a chain's state");
  const groups = new Map<string, Command>();
  for (const spec of QUERIES) {
    let group = groups.get(spec.module);
    if (group === undefined) {
      group = root.command(spec.module).description(`state of ${spec.module}`);
      groups.set(spec.module, group);
    }
    addQueryCommand(group, spec);
  }
  const grpc = root
    .command("grpc <method> [request]")
    .description("any query: package.Service/Method and the request as protobuf JSON");
  addQueryFlags(grpc, "the provider").action(
    async (method: string, text: string | undefined, flags: QueryFlags & Target, command: Command) => {
      let request: unknown;
      try {
        request = parseJson(text ?? "{}");
      } catch (cause) {
        throw usageError(`the request is no JSON: ${cause instanceof Error ? cause.message : cause}`);
      }
      await runQuery(
        {
          method: methodOf(method),
          role: "provider",
          module: "",
          target: flags,
          height: heightOf(flags),
          request: () => Promise.resolve(request as JsonObject),
        },
        command,
      );
    },
  );
}
