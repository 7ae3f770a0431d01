/** Consensus versions of the modules in the Go applications (`ConsensusVersion`): what a fresh chain writes down for upgrades. State-breaking. */

/** Of the modules that all applications have. */
const COMMON = {
  "07-tendermint": 0n,
  auth: 5n,
  bank: 4n,
  crisis: 2n,
  evidence: 1n,
  genutil: 1n,
  ibc: 8n,
  params: 1n,
  slashing: 4n,
  transfer: 6n,
  upgrade: 2n,
  vesting: 1n,
};
const STAKING = { consensus: 1n, distribution: 3n, gov: 5n, mint: 2n, staking: 5n };
const GRANTS = { authz: 2n, feegrant: 2n };

/** interchain-security-pd. */
export const PROVIDER_VERSIONS: Readonly<Record<string, bigint>> = { ...COMMON, ...STAKING, provider: 8n };
/** interchain-security-cd; its manager does not list the consensus module. */
export const CONSUMER_VERSIONS: Readonly<Record<string, bigint>> = { ...COMMON, ...GRANTS, ccvconsumer: 4n };
/** interchain-security-cdd. */
export const DEMOCRACY_VERSIONS: Readonly<Record<string, bigint>> = {
  ...COMMON,
  ...STAKING,
  ...GRANTS,
  ccvconsumer: 4n,
};
/** A plain chain. */
export const PLAIN_VERSIONS: Readonly<Record<string, bigint>> = { ...COMMON, ...STAKING, ...GRANTS };
