/** For tests of this package: an engine's side of a connection, and an application that says what it was asked. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import "@tandem-ics/proto";
import { type Application, GRPC, GrpcError } from "@tandem-ics/runtime";
import { BinaryReader } from "cosmjs-types/binary";
import type { DeepPartial } from "cosmjs-types/helpers";
import {
  Request,
  Response,
  ResponseCheckTx,
  ResponseProcessProposal_ProposalStatus,
  ResponseQuery,
} from "cosmjs-types/tendermint/abci/types";

const EMPTY = new Uint8Array();

/** What a request is made of; the rest is zero. */
export type RequestPart = DeepPartial<Request>;

/** The bytes of a request, without their length. */
export const requestBytes = (request: RequestPart): Uint8Array =>
  Request.encode(Request.fromPartial(request as object)).finish();

/** A request with its length in front. Lengths below 2^14 only: written by hand, not by what is tested. */
export function frame(body: Uint8Array): Uint8Array {
  if (body.length < 0x80) return Uint8Array.of(body.length, ...body);
  const framed = new Uint8Array(body.length + 3);
  framed.set([(body.length & 0x7f) | 0x80, ((body.length >> 7) & 0x7f) | 0x80, body.length >> 14]);
  framed.set(body, 3);
  return framed;
}

/** A request as it goes over the wire. */
export const wire = (request: RequestPart): Uint8Array => frame(requestBytes(request));

/** An engine's side of one connection. */
export interface TestPeer {
  readonly socket: Socket;
  /** Bytes received and not yet read as responses. */
  readonly pending: number;
  /** Writes all at once. */
  send(...requests: RequestPart[]): void;
  /** The next responses, as many as asked for; fewer if the connection ends before. */
  receive(count: number): Promise<Response[]>;
  /** Everything until the other side ends the connection. */
  rest(): Promise<Response[]>;
}

/** Connects to a server's address. */
export async function connectPeer(address: string): Promise<TestPeer> {
  const [, path, host, port] = /^(?:unix:\/\/(.+)|tcp:\/\/(.+):(\d+))$/.exec(address)!;
  const socket = path === undefined ? connect(Number(port), host!) : connect(path);
  await once(socket, "connect");
  let buffer: Buffer = Buffer.alloc(0);
  let ended = false;
  let wake = (): void => undefined;
  socket.on("data", (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    wake();
  });
  const end = (): void => {
    ended = true;
    wake();
  };
  // After an error there is nothing more to read, which is all that a test asks for.
  socket.on("end", end).on("close", end).on("error", end);

  function take(): Response | undefined {
    if (buffer.length === 0) return undefined;
    const reader = new BinaryReader(buffer.subarray(0, 10));
    const length = reader.uint32();
    if (buffer.length < reader.pos + length) return undefined;
    const body = buffer.subarray(reader.pos, reader.pos + length);
    buffer = buffer.subarray(reader.pos + length);
    return Response.decode(body);
  }

  async function receive(count: number): Promise<Response[]> {
    const responses: Response[] = [];
    while (responses.length < count) {
      const response = take();
      if (response !== undefined) responses.push(response);
      else if (ended) break;
      else
        await new Promise<void>((settle) => {
          wake = settle;
        });
    }
    return responses;
  }

  return {
    socket,
    get pending() {
      return buffer.length;
    },
    send: (...requests) => void socket.write(Buffer.concat(requests.map(wire))),
    receive,
    rest: () => receive(Number.POSITIVE_INFINITY),
  };
}

/** An application that counts, with methods exchanged for a test. `asked` names what was called, in order. */
export function countingApp(changes: Partial<Application> = {}): Application & { readonly asked: string[] } {
  const asked: string[] = [];
  let height = 0n;
  const app: Application = {
    info: () => ({ data: "", version: "", appVersion: 0n, lastBlockHeight: height, lastBlockAppHash: EMPTY }),
    initChain: () => ({ validators: [], appHash: EMPTY }),
    checkTx: () => ResponseCheckTx.fromPartial({}),
    prepareProposal: ({ txs }) => ({ txs }),
    processProposal: () => ({ status: ResponseProcessProposal_ProposalStatus.ACCEPT }),
    finalizeBlock: () => ({ events: [], txResults: [], validatorUpdates: [], appHash: EMPTY }),
    commit() {
      height += 1n;
      return { retainHeight: 0n };
    },
    query: ({ data }) => ResponseQuery.fromPartial({ value: data, height }),
    grpcQuery({ path }) {
      throw new GrpcError(GRPC.unimplemented, path);
    },
    services: { queries: [], messages: [] },
    exportGenesis: () => ({}),
    invariants: () => [],
    close: () => undefined,
    ...changes,
  };
  const noted = Object.fromEntries(
    Object.entries(app).map(([name, member]) => [
      name,
      typeof member !== "function"
        ? member
        : (request: never) => {
            asked.push(name);
            return (member as (request: never) => unknown)(request);
          },
    ]),
  );
  return { ...(noted as unknown as Application), asked };
}
