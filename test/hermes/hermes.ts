/** An unmodified Hermes: its file, its keys, its commands. Driven as a user drives it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountOf } from "../interop/harness/accounts.ts";
import { STAKE } from "../interop/harness/mixed-world.ts";
import type { Scratch, Service } from "../interop/harness/scratch.ts";
import type { Subject } from "../interop/harness/subjects.ts";

/** Why there is none here, where there is none. */
export const noHermes: string | undefined = process.env["TANDEM_NO_HERMES"];

/** `describe` for suites that need Hermes; without it, or for another reason, it is skipped with the reason in its name. */
export const describeHermes = (name: string, body: () => void, not: string | undefined = noHermes): void =>
  not === undefined ? describe(name, body) : describe.skip(`${name} (${not})`, body);

/** A chain in Hermes's file. */
export interface HermesChain {
  readonly subject: Pick<Subject, "chainId" | "rpcUrl" | "grpcUrl" | "prefix">;
  /** A consumer of interchain security. */
  readonly consumer: boolean;
  /** How Hermes learns of events: pushed over WebSocket, or pulled by RPC. */
  readonly events: "push" | "pull";
}

/** A Hermes in a directory of its own. */
export interface Hermes {
  /** Runs a command; gives the `result` of its JSON answer. Throws when it fails. */
  command(...args: string[]): Promise<unknown>;
  /** Every line that a command logs. */
  log(...args: string[]): Promise<HermesLine[]>;
  /** Puts the relaying account's key of a chain into the keyring. */
  addKey(chain: HermesChain): Promise<void>;
  /** `hermes start`. */
  start(): Service;
}

/** One line of the JSON log. */
export interface HermesLine {
  readonly level?: string;
  readonly fields?: { readonly message?: string };
  readonly span?: { readonly chain?: string };
  readonly status?: string;
  readonly result?: unknown;
}

/** The account that relays, on every chain. */
const RELAYER = "relayer";

const eventSource = ({ subject, events }: HermesChain): string =>
  events === "push"
    ? `{ mode = 'push', url = '${subject.rpcUrl.replace("http", "ws")}/websocket', batch_delay = '100ms' }`
    : "{ mode = 'pull', interval = '300ms' }";

const chainSection = (chain: HermesChain): string => `
[[chains]]
id = '${chain.subject.chainId}'
type = 'CosmosSdk'
ccv_consumer_chain = ${chain.consumer}
rpc_addr = '${chain.subject.rpcUrl}'
grpc_addr = '${chain.subject.grpcUrl}'
event_source = ${eventSource(chain)}
rpc_timeout = '10s'
account_prefix = '${chain.subject.prefix}'
key_name = '${RELAYER}'
key_store_type = 'Test'
store_prefix = 'ibc'
default_gas = 200000
max_gas = 5000000
gas_price = { price = 0.0, denom = '${STAKE}' }
gas_multiplier = 1.3
max_msg_num = 30
max_tx_size = 180000
clock_drift = '10s'
max_block_time = '30s'
trust_threshold = '2/3'
address_type = { derivation = 'cosmos' }
`;

/** Hermes's file for these chains. */
export const hermesConfig = (chains: readonly HermesChain[]): string => `[global]
log_level = 'info'

[mode.clients]
enabled = true
refresh = true
misbehaviour = true

[mode.connections]
enabled = true

[mode.channels]
enabled = true

[mode.packets]
enabled = true
clear_interval = 50
clear_on_start = true
tx_confirmation = false
${chains.map(chainSection).join("")}`;

/** The lines of a log that Hermes wrote in JSON. */
export function parseLines(text: string): HermesLine[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as HermesLine);
}

/** Makes one over these chains. */
export function createHermes(scratch: Scratch, chains: readonly HermesChain[]): Hermes {
  const program = process.env["TANDEM_HERMES"] ?? "hermes";
  const home = join(scratch.directory, `hermes-${chains.map(({ subject }) => subject.chainId).join("-")}`);
  mkdirSync(home, { recursive: true });
  const config = join(home, "config.toml");
  writeFileSync(config, hermesConfig(chains));
  // Its keys lie below HOME.
  const options = { env: { HOME: home }, cwd: home };
  const argsOf = (args: readonly string[]): string[] => ["--config", config, "--json", ...args];

  async function run(args: readonly string[]): Promise<HermesLine[]> {
    const { code, stdout, stderr } = await scratch.run(program, argsOf(args), options);
    if (code !== 0)
      throw new Error(`hermes ${args.join(" ")} ended with ${code}: ${(stdout + stderr).slice(-4000)}`);
    return [...parseLines(stderr), ...parseLines(stdout)];
  }

  return {
    log: (...args) => run(args),
    async command(...args) {
      const answer = (await run(args)).find((line) => line.status !== undefined);
      if (answer?.status !== "success")
        throw new Error(`hermes ${args.join(" ")}: ${JSON.stringify(answer)}`);
      return answer.result;
    },
    async addKey({ subject }) {
      const { mnemonic } = await accountOf(RELAYER);
      const file = join(home, "mnemonic");
      writeFileSync(file, mnemonic);
      await run(["keys", "add", "--chain", subject.chainId, "--mnemonic-file", file]);
    },
    start: () =>
      scratch.start(
        `${home.slice(scratch.directory.length + 1)}/hermes`,
        program,
        argsOf(["start"]),
        options,
      ),
  };
}
