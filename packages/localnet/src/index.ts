/** A network of provider, consumers and relayer in one process: for tests, learning and rehearsal. */
export { EvidenceRefused, type StakeOptions, type StakeResult, type WaitFor } from "./actions.ts";
export type { Chain, ChainRole } from "./chain.ts";
export {
  type ControlError,
  type ControlServer,
  describe,
  startControlServer,
  toControlError,
} from "./control-server.ts";
export { LocalnetError, type LocalnetErrorCode } from "./errors.ts";
export { type AccountKey, accountOfMnemonic, createAccountKey } from "./keys.ts";
export { type AccountReport, Localnet, type LocalnetOptions } from "./localnet.ts";
export type { ChainReport, NetworkReport, RelayerReport, ValidatorStatus } from "./status.ts";
export {
  createTopology,
  parseDuration,
  parseTopology,
  type Topology,
  type TopologyInput,
  topologyJsonSchema,
} from "./topology.ts";
