/** A network of provider, consumers and relayer in one process: for tests, learning and rehearsal. */
export type { StakeOptions, StakeResult, ValidatorOptions, WaitFor } from "./actions.ts";
export type { AccountReport, LocalnetOptions, RelayedItem } from "./api.ts";
export { type Chain, type ChainRole, type StartChainOptions, tryProduceBlock } from "./chain.ts";
export type { ChangedOver, ChangeoverInput } from "./changeover.ts";
export {
  type ControlError,
  type ControlServer,
  describe,
  startControlServer,
  toControlError,
} from "./control-server.ts";
export type { CreatedConsumer } from "./create-consumer.ts";
export type { ChainEngine, DoubleSign, NodeReport } from "./engine.ts";
export { LocalnetError, type LocalnetErrorCode } from "./errors.ts";
export { EvidenceRefused } from "./evidence.ts";
export {
  createFaucet,
  type Faucet,
  type FaucetOptions,
  type FaucetStatus,
  type FaucetToken,
} from "./faucet/faucet.ts";
export { type FaucetServer, type FaucetServerOptions, startFaucet } from "./faucet/faucet-server.ts";
export { type GenesisTxInput, genesisTx } from "./gentx.ts";
export { INVARIANTS } from "./invariants/meanings.ts";
export { createMonitor, type Monitor } from "./invariants/monitor.ts";
export { InvariantBroken, type Violation } from "./invariants/violation.ts";
export {
  type AccountKey,
  accountOfMnemonic,
  type ConsensusKey,
  consensusKeyOfSeed,
  createAccountKey,
  createConsensusKey,
} from "./keys.ts";
export { ATTACK_KINDS } from "./light-client-attack.ts";
export { Localnet } from "./localnet.ts";
export { readNetworkFile, removeNetwork, type SavedNetwork, sameTopology } from "./network-file.ts";
export type { Told } from "./progress-log.ts";
export { type SavedChain, savedChain } from "./saved-chain.ts";
export { startChain } from "./start-chain.ts";
export type { ChainReport, NetworkReport, RelayerReport, ValidatorStatus } from "./status.ts";
export {
  type ConsumerInput,
  createTopology,
  type EngineSpec,
  parseDuration,
  parseTopology,
  type Topology,
  type TopologyInput,
  topologyJsonSchema,
} from "./topology.ts";
export { createSoftware, type Software, type Upgrade } from "./upgradable-app.ts";
export { suggest } from "./world.ts";
