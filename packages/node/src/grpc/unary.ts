/** One unary call: the state that it reads, its answer, its refusal (SDK `baseapp/grpcserver.go`). */
import { codecOf, hasMessage, type MethodDescriptor, methods } from "@tandem-ics/proto";
import { GRPC, GrpcError, type GrpcQuery, sdkErrors } from "@tandem-ics/runtime";
import { errorText } from "../errors.ts";
import { goQuote } from "../query/go-text.ts";
import type { GrpcAnswer } from "../services/services.ts";
import type { GrpcDoor } from "./door.ts";

/** Metadata key of the height that a query reads, in requests and answers. */
export const HEIGHT_HEADER = "x-cosmos-block-height";

/** A refusal, with the height of the state that was read when it came that far. */
export interface GrpcRefusal {
  readonly code: number;
  readonly details: string;
  readonly height: bigint | undefined;
}

/** What a call ends with. */
export type UnaryOutcome =
  | { readonly kind: "answer"; readonly answer: GrpcAnswer }
  | { readonly kind: "refusal"; readonly refusal: GrpcRefusal };

const MAX_INT64 = (1n << 63n) - 1n;
/** A query of every application, which costs next to nothing. */
const ANY_QUERY = "/cosmos.base.node.v1beta1.Service/Config";
/** Longest text of a status: it travels in a header, and texts may quote input. */
const MAX_DETAILS = 4096;

/** A status text that every client can read: no half characters, no control characters, not too long. */
export function statusText(text: string): string {
  const cut = text.length > MAX_DETAILS ? `${text.slice(0, MAX_DETAILS)}…` : text;
  return Buffer.from(cut, "utf8").toString("utf8");
}

const invalidHeight = (reason: string): GrpcError => {
  const { codespace, code } = sdkErrors.invalidRequest("");
  const at = `Baseapp.RegisterGRPCServer: invalid height header ${goQuote(HEIGHT_HEADER)}: ${reason}`;
  return new GrpcError(GRPC.unknown, `codespace ${codespace} code ${code}: invalid request: ${at}`);
};

/**
 * Height out of the metadata; 0 when it is absent or given more than once, as the SDK has it.
 * @throws GrpcError for what is no int64 number, with the text of Go's strconv.
 */
export function heightAsked(values: readonly string[]): bigint {
  const [text] = values;
  if (text === undefined || values.length !== 1) return 0n;
  if (!/^[+-]?[0-9]+$/.test(text))
    throw invalidHeight(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
  const height = BigInt(text.replace(/^\+/, ""));
  if (height > MAX_INT64 || height < -MAX_INT64 - 1n)
    throw invalidHeight(`strconv.ParseInt: parsing ${goQuote(text)}: value out of range`);
  return height;
}

let byPath: ReadonlyMap<string, MethodDescriptor> | undefined;

/** Why a request is no message of the method's type; `undefined` when it is one. */
function malformed({ path, data }: GrpcQuery): string | undefined {
  byPath ??= new Map(methods().map((method) => [method.path, method]));
  const method = byPath.get(path);
  if (method === undefined || !hasMessage(method.request)) return undefined;
  try {
    codecOf(method.request).decode(data);
    return undefined;
  } catch (error) {
    return error instanceof RangeError ? "unexpected EOF" : `proto: ${errorText(error)}`;
  }
}

function refused(error: unknown, request: GrpcQuery, latest: bigint): GrpcRefusal {
  const height = request.height ?? 0n;
  // A state that cannot be read has no height to tell.
  const read = height < 0n || height > latest ? undefined : height === 0n ? latest : height;
  const reason = malformed(request);
  if (reason !== undefined)
    return { code: GRPC.internal, details: `grpc: error unmarshalling request: ${reason}`, height: read };
  if (error instanceof GrpcError) return { code: error.status, details: error.message, height: read };
  return { code: GRPC.internal, details: errorText(error), height: read };
}

/** Heights of the node's own services are checked as those of all others: by the state that the application has. */
async function checkHeight({ services, queries }: GrpcDoor, path: string, height: bigint): Promise<void> {
  if (height === 0n || !services.methods.includes(path)) return;
  if (queries.includes(ANY_QUERY))
    await services.grpcQuery({ path: ANY_QUERY, data: new Uint8Array(0), height });
}

/** Runs a call. Never throws. */
export async function runUnary(
  door: GrpcDoor,
  path: string,
  data: Uint8Array,
  heights: readonly string[],
): Promise<UnaryOutcome> {
  let request: GrpcQuery = { path, data, height: -1n };
  try {
    const height = heightAsked(heights);
    request = { path, data, height };
    await checkHeight(door, path, height);
    return { kind: "answer", answer: await door.services.grpcQuery(request) };
  } catch (error) {
    const { details, ...refusal } = refused(error, request, door.height());
    return { kind: "refusal", refusal: { ...refusal, details: statusText(details) } };
  }
}
