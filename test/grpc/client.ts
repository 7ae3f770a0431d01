/** A gRPC client that knows no services: bytes out, bytes in. */
import {
  Client,
  type ClientDuplexStream,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
} from "@grpc/grpc-js";
import { codecOf } from "@tandem-ics/proto";

/** How a call ended. */
export interface Answer {
  /** 0 for success. */
  readonly code: number;
  readonly details: string;
  readonly value: Uint8Array;
  /** `x-cosmos-block-height` of the answer. */
  readonly height: string | undefined;
}

/** A client of one port. */
export interface TestClient {
  call(path: string, data?: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Asks server reflection on one stream; answers in order. `version`: `v1` or `v1alpha`. */
  reflect(version: string, ...requests: object[]): Promise<Reflected[]>;
  close(): void;
}

/** An answer of server reflection, as far as tests look at it. */
export interface Reflected {
  readonly validHost: string;
  readonly originalRequest?: object;
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Uint8Array[] };
  readonly allExtensionNumbersResponse?: { readonly extensionNumber: readonly number[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

const HEIGHT = "x-cosmos-block-height";
const PATIENCE_MS = 20_000;
const bytes = (value: Buffer): Buffer => value;

/** Connects when it is first used. */
export function createClient(port: number, options: ClientOptions = {}): TestClient {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  return {
    call: (path, data = new Uint8Array(0), headers = {}) =>
      new Promise((resolve) => {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(headers)) metadata.add(name, value);
        let height: string | undefined;
        const done = (error: ServiceError | null, value?: Buffer): void =>
          resolve({
            code: error?.code ?? 0,
            details: error?.details ?? "",
            value: value ?? new Uint8Array(0),
            height,
          });
        const deadline = Date.now() + PATIENCE_MS;
        client
          .makeUnaryRequest(path, bytes, bytes, Buffer.from(data), metadata, { deadline }, done)
          .on("metadata", (header: Metadata) => {
            height = header.get(HEIGHT)[0]?.toString();
          });
      }),
    reflect(version, ...requests) {
      const name = `grpc.reflection.${version}.ServerReflection`;
      const request = codecOf(`grpc.reflection.${version}.ServerReflectionRequest`);
      const response = codecOf(`grpc.reflection.${version}.ServerReflectionResponse`);
      const call: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(
        `/${name}/ServerReflectionInfo`,
        bytes,
        bytes,
        new Metadata(),
        { deadline: Date.now() + PATIENCE_MS },
      );
      return new Promise((resolve, reject) => {
        const answers: Reflected[] = [];
        call.on("data", (data: Buffer) => answers.push(response.decode(data) as Reflected));
        call.on("end", () => resolve(answers));
        call.on("error", reject);
        for (const fields of requests)
          call.write(Buffer.from(request.encode(request.fromPartial(fields)).finish()));
        call.end();
      });
    },
    close: () => client.close(),
  };
}
