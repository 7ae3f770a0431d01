/**
 * Server reflection: which services there are, and the files that describe them, for programs that know none
 * (`grpc.reflection.v1` and `v1alpha`, which are one but for the name; texts of the SDK's `gogoreflection`).
 */
import { codecOf } from "@tandem-ics/proto";
import {
  createProtoIndex,
  type ProtoFile,
  type ProtoIndex,
  protoFile,
  withImports,
} from "@tandem-ics/proto/reflection";
import { GRPC, GrpcError } from "@tandem-ics/runtime";
import { goQuote } from "../query/go-text.ts";

/** A method whose messages go both ways: answers each message of a client with one, in order. */
export interface StreamMethod {
  readonly path: string;
  /** Makes the state of one call. What the function throws ends the call with `Internal`, a GrpcError with its status. */
  open(): (message: Uint8Array) => Uint8Array;
}

interface Request {
  readonly host: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly fileContainingExtension?: { readonly containingType: string; readonly extensionNumber: number };
  readonly allExtensionNumbersOfType?: string;
  readonly listServices?: string;
}

/** Paths of the streamed methods. */
export const REFLECTION_PATHS: readonly string[] = ["v1", "v1alpha"].map(
  (version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
);

/** What is asked for is not there: an answer, not the end of the call. */
class NotFound extends Error {}

const found = (file: ProtoFile | undefined, otherwise: string): ProtoFile => {
  if (file === undefined) throw new NotFound(otherwise);
  return file;
};

function answerTo(
  request: Request,
  index: ProtoIndex,
  services: readonly string[],
  sent: Set<string>,
): object {
  const files = (file: ProtoFile): object => ({
    fileDescriptorResponse: { fileDescriptorProto: withImports(file, sent).map(({ bytes }) => bytes) },
  });
  const message = (name: string): string => {
    if (!index.hasMessage(name)) throw new NotFound(`unknown type: ${goQuote(name)}`);
    return name;
  };
  if (request.fileByFilename !== undefined)
    return files(found(protoFile(request.fileByFilename), `unknown file: ${request.fileByFilename}`));
  if (request.fileContainingSymbol !== undefined) {
    const symbol = request.fileContainingSymbol;
    return files(found(index.fileOfSymbol(symbol), `unknown symbol: ${symbol}`));
  }
  if (request.fileContainingExtension !== undefined) {
    const { containingType, extensionNumber } = request.fileContainingExtension;
    const file = index.fileOfExtension(message(containingType), extensionNumber);
    return files(found(file, `failed to find registered extension for extension number ${extensionNumber}`));
  }
  if (request.allExtensionNumbersOfType !== undefined) {
    const baseTypeName = message(request.allExtensionNumbersOfType);
    return {
      allExtensionNumbersResponse: { baseTypeName, extensionNumber: index.extensionNumbers(baseTypeName) },
    };
  }
  if (request.listServices !== undefined)
    return { listServicesResponse: { service: services.map((name) => ({ name })) } };
  throw new GrpcError(GRPC.invalidArgument, "invalid MessageRequest: <nil>");
}

/** The streamed methods over these services; `services` is sorted. */
export function serverReflection(services: readonly string[]): StreamMethod[] {
  let index: ProtoIndex | undefined;
  return REFLECTION_PATHS.map((path): StreamMethod => {
    const name = path.slice(1, path.lastIndexOf("."));
    const requests = codecOf(`${name}.ServerReflectionRequest`);
    const responses = codecOf(`${name}.ServerReflectionResponse`);
    return {
      path,
      open() {
        // A file is sent once a call.
        const sent = new Set<string>();
        return (bytes) => {
          const request = requests.decode(bytes) as Request;
          index ??= createProtoIndex(services);
          let answer: object;
          try {
            answer = answerTo(request, index, services, sent);
          } catch (error) {
            if (!(error instanceof NotFound)) throw error;
            answer = { errorResponse: { errorCode: GRPC.notFound, errorMessage: error.message } };
          }
          const response = { validHost: request.host, originalRequest: request, ...answer };
          return responses.encode(responses.fromPartial(response)).finish();
        };
      },
    };
  });
}
