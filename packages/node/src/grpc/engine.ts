/**
 * The server itself, by grpc-js. Loaded when the first client connects: a chain that nobody asks over gRPC need not wait
 * for it.
 */
import type { Socket } from "node:net";
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  logVerbosity,
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { GRPC } from "@tandem-ics/runtime";
import { errorText } from "../errors.ts";
import type { GrpcDoor, GrpcLimits } from "./door.ts";
import { type ServiceTable, serviceTable, unimplementedText } from "./method-table.ts";
import { REFLECTION_PATHS, type StreamMethod, serverReflection } from "./server-reflection.ts";
import { HEIGHT_HEADER, runUnary, statusText } from "./unary.ts";

type Bytes = Buffer;
/** A method as grpc-js keeps it. */
type BytesHandler = {
  readonly path: string;
  readonly serialize: (bytes: Bytes) => Bytes;
  readonly deserialize: (bytes: Bytes) => Bytes;
} & (
  | { readonly type: "unary"; readonly func: handleUnaryCall<Bytes, Bytes> }
  | { readonly type: "bidi"; readonly func: handleBidiStreamingCall<Bytes, Bytes> }
);

/** Speaks gRPC on sockets. */
export interface GrpcEngine {
  /** Serves a connection until it closes. */
  take(socket: Socket): void;
  /** Ends all sessions. */
  close(): void;
}

const asBuffer = (bytes: Uint8Array): Bytes => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const identity = (bytes: Bytes): Bytes => bytes;

/** Answers one message. */
async function answerUnary(
  door: GrpcDoor,
  path: string,
  call: ServerUnaryCall<Bytes, Bytes>,
  respond: sendUnaryData<Bytes>,
): Promise<void> {
  const asked = call.metadata.get(HEIGHT_HEADER).map(String);
  const outcome = await runUnary(door, path, call.request, asked);
  const height = outcome.kind === "answer" ? outcome.answer.height : outcome.refusal.height;
  if (height !== undefined) {
    const header = new Metadata();
    header.set(HEIGHT_HEADER, height.toString());
    call.sendMetadata(header);
  }
  if (outcome.kind === "answer") respond(null, asBuffer(outcome.answer.value));
  else respond({ code: outcome.refusal.code, details: outcome.refusal.details });
}

function answerStream(method: StreamMethod, call: ServerDuplexStream<Bytes, Bytes>): void {
  const answer = method.open();
  call.on("data", (message: Bytes) => {
    try {
      // A client that asks and does not read is not read from either.
      if (call.write(asBuffer(answer(message)))) return;
      call.pause();
      call.once("drain", () => call.resume());
    } catch (error) {
      const code = error instanceof Error && "status" in error ? Number(error.status) : GRPC.internal;
      call.emit("error", { code, details: statusText(errorText(error)) });
    }
  });
  call.on("end", () => call.end());
  call.on("error", () => undefined); // the client is gone
}

/**
 * grpc-js looks methods up by path, in a map of its own, and answers paths that it lacks with a text of its own. In place
 * of that map stands this one, which knows every path.
 */
class Routes extends Map<string, BytesHandler> {
  readonly #door: GrpcDoor;
  readonly #table: ServiceTable;
  readonly #streams: ReadonlyMap<string, StreamMethod>;
  readonly #known: ReadonlySet<string>;

  constructor(door: GrpcDoor) {
    super();
    this.#door = door;
    this.#known = new Set([...door.queries, ...door.services.methods]);
    this.#table = serviceTable([...this.#known, ...REFLECTION_PATHS]);
    const streams = serverReflection([...this.#table.keys()].sort());
    this.#streams = new Map(streams.map((method) => [method.path, method]));
  }

  override get(path: string): BytesHandler {
    const codecs = { path, serialize: identity, deserialize: identity };
    const stream = this.#streams.get(path);
    if (stream !== undefined) return { ...codecs, type: "bidi", func: (call) => answerStream(stream, call) };
    if (this.#known.has(path))
      return {
        ...codecs,
        type: "unary",
        func: (call, respond) => void answerUnary(this.#door, path, call, respond),
      };
    const refusal = {
      code: GRPC.unimplemented,
      details: statusText(unimplementedText(this.#table, path)),
    };
    // Said at once, as Go does, whatever the client would send.
    return { ...codecs, type: "bidi", func: (call) => void call.emit("error", refusal) };
  }
}

/** Makes the server. */
export function createGrpcEngine(door: GrpcDoor, limits: GrpcLimits): GrpcEngine {
  // Otherwise clients write to standard error: by metadata that is none, for example.
  if (process.env["GRPC_VERBOSITY"] === undefined) setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": limits.maxReceiveBytes,
    "grpc.max_send_message_length": -1,
    "grpc.max_concurrent_streams": limits.maxConcurrentStreams,
    "grpc.keepalive_time_ms": limits.keepaliveMs,
    "grpc.keepalive_timeout_ms": limits.keepaliveTimeoutMs,
    "grpc.enable_channelz": 0,
  });
  Object.assign(server, { handlers: new Routes(door) });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    take: (socket) => injector.injectConnection(socket),
    close() {
      injector.destroy();
      server.forceShutdown();
    },
  };
}
