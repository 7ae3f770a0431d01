/** Errors as ABCI results (SDK `errors/abci.go`, `baseapp/recovery.go`). */
import { CodedError, INTERNAL_CODE, InvariantError, PANIC_CODE, UNDEFINED_CODESPACE } from "../errors.ts";
import { OutOfGasError } from "../gas.ts";
import { GRPC, GRPC_NAMES, GrpcError } from "../grpc-error.ts";
import { sdkErrors } from "../sdk-errors.ts";

/** Code and text of a refusal. Codespace and code are consensus data. */
export interface Failure {
  readonly codespace: string;
  readonly code: number;
  readonly log: string;
}

/** Longest text of a result: texts may quote input. */
const MAX_LOG_LENGTH = 4096;

const failure = (codespace: string, code: number, log: string): Failure => ({
  codespace,
  code,
  log: log.length > MAX_LOG_LENGTH ? `${log.slice(0, MAX_LOG_LENGTH)}…` : log,
});

/** A CodedError as a result. */
export const codedFailure = ({ codespace, code, message }: CodedError): Failure =>
  failure(codespace, code, message);

/**
 * What a failed transaction reports. `context` stands in front of refusals' texts.
 * @throws the error itself if it is a broken invariant: nothing that ran on broken state may be reported as a result.
 */
export function txFailure(error: unknown, gas: { wanted: bigint; used: bigint }, context = ""): Failure {
  if (error instanceof CodedError) return failure(error.codespace, error.code, context + error.message);
  if (error instanceof OutOfGasError)
    return codedFailure(
      sdkErrors.outOfGas(
        `out of gas in location: ${error.location}; gasWanted: ${gas.wanted}, gasUsed: ${gas.used}`,
      ),
    );
  if (error instanceof InvariantError) throw error;
  return failure(UNDEFINED_CODESPACE, PANIC_CODE, `recovered: ${reasonOf(error)}: panic`);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : "unknown");

/** What a failed query reports over ABCI. */
export function queryFailure(error: unknown): Failure {
  if (error instanceof GrpcError) {
    const text = `rpc error: code = ${GRPC_NAMES[error.status] ?? error.status} desc = ${error.message}`;
    return codedFailure(kindOfStatus(error.status)(text));
  }
  if (error instanceof CodedError) {
    const undecorated = error.codespace === UNDEFINED_CODESPACE && error.code === INTERNAL_CODE;
    return codedFailure((undecorated ? sdkErrors.invalidRequest : sdkErrors.unknownRequest)(error.message));
  }
  return failure(UNDEFINED_CODESPACE, PANIC_CODE, `${reasonOf(error)}: panic`);
}

function kindOfStatus(status: number) {
  switch (status) {
    case GRPC.notFound:
      return sdkErrors.keyNotFound;
    case GRPC.invalidArgument:
    case GRPC.failedPrecondition:
      return sdkErrors.invalidRequest;
    case GRPC.unauthenticated:
      return sdkErrors.unauthorized;
    default:
      return sdkErrors.unknownRequest;
  }
}

/** What a failed query reports over gRPC. SDK errors have no status of their own: `Unknown`, registered text first. */
export function grpcFailure(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error;
  if (error instanceof CodedError) return new GrpcError(GRPC.unknown, grpcText(error), { cause: error });
  return new GrpcError(GRPC.internal, reasonOf(error), { cause: error });
}

function grpcText(error: CodedError): string {
  const { codespace, code, message, cause } = error;
  if (
    cause instanceof CodedError &&
    cause.codespace === codespace &&
    cause.code === code &&
    message.endsWith(cause.message)
  ) {
    const context = message.slice(0, message.length - cause.message.length).replace(/: $/, "");
    return context === "" ? grpcText(cause) : `${grpcText(cause)}: ${context}`;
  }
  if (codespace === UNDEFINED_CODESPACE) return message;
  // messages of registered errors are `detail: registered text`
  const cut = message.lastIndexOf(": ");
  const text = cut < 0 ? message : `${message.slice(cut + 2)}: ${message.slice(0, cut)}`;
  return `codespace ${codespace} code ${code}: ${text}`;
}
