/**
 * Puts a hand behind the keepers of the two CCV modules ({@link tampered}). To be imported for its effect, before anything
 * that makes an application.
 */
import { hands } from "./tampering.ts";

jest.mock("../../packages/ccv/src/provider/index.ts", () => {
  const actual = jest.requireActual("../../packages/ccv/src/provider/index.ts");
  const { tampered } = jest.requireActual("./tampering.ts");
  return {
    ...actual,
    createProviderModule: (deps: unknown) => tampered(actual.createProviderModule(deps), "provider"),
  };
});
jest.mock("../../packages/ccv/src/consumer/index.ts", () => {
  const actual = jest.requireActual("../../packages/ccv/src/consumer/index.ts");
  const { tampered } = jest.requireActual("./tampering.ts");
  return {
    ...actual,
    createConsumerModule: (deps: unknown) => tampered(actual.createConsumerModule(deps), "consumer"),
  };
});

afterEach(() => {
  hands.provider = undefined;
  hands.consumer = undefined;
});
