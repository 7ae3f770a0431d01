/** `tandem query MODULE COMMAND …`: the Go binaries' queries, and any gRPC query by its name. Prints protobuf JSON. */

import { createProtobufRpcClient } from "@cosmjs/stargate";
import { suggest } from "@tandem-ics/localnet";
import { codecOf, fromProtoJson, methods, parseJson, stringifyJson, toProtoJson } from "@tandem-ics/proto";
import type { Command } from "commander";
import { CliError, usageError } from "../exit-codes.ts";
import { settingsOf } from "../settings.ts";
import { connect, type NameKind, resolveName, type Target } from "./chain-door.ts";
import { isAnswer, prefixOf } from "./remote-chain.ts";

/** One query: its arguments become fields of the request. */
interface QuerySpec {
  readonly module: string;
  readonly command: string;
  /** `<name>` required, `[name]` optional, each a field of the request. */
  readonly args: readonly string[];
  /** `package.Service/Method` */
  readonly path: string;
  /** Field of the answer that the Go binary prints alone. */
  readonly only?: string;
  readonly role?: "provider" | "consumer";
}

const PROVIDER = "interchain_security.ccv.provider.v1.Query";
const CONSUMER = "interchain_security.ccv.consumer.v1.Query";

const provider = (
  command: string,
  method: string,
  args: readonly string[] = [],
  only?: string,
): QuerySpec => ({
  module: "provider",
  command,
  args,
  path: `${PROVIDER}/${method}`,
  ...(only === undefined ? {} : { only }),
});
const consumer = (command: string, method: string, only?: string): QuerySpec => ({
  module: "ccvconsumer",
  command,
  args: [],
  path: `${CONSUMER}/${method}`,
  role: "consumer",
  ...(only === undefined ? {} : { only }),
});
const sdk = (
  module: string,
  command: string,
  path: string,
  args: readonly string[] = [],
  only?: string,
): QuerySpec => ({
  module,
  command,
  args,
  path,
  ...(only === undefined ? {} : { only }),
});

const QUERIES: readonly QuerySpec[] = [
  provider("consumer-genesis", "QueryConsumerGenesis", ["<consumer_id>"], "genesis_state"),
  provider("list-consumer-chains", "QueryConsumerChains", ["[phase]"]),
  provider("consumer-chain", "QueryConsumerChain", ["<consumer_id>"]),
  provider("consumer-validators", "QueryConsumerValidators", ["<consumer_id>"]),
  provider("consumer-opted-in-validators", "QueryConsumerChainOptedInValidators", ["<consumer_id>"]),
  provider("has-to-validate", "QueryConsumerChainsValidatorHasToValidate", ["<provider_address>"]),
  provider("validator-consumer-key", "QueryValidatorConsumerAddr", ["<consumer_id>", "<provider_address>"]),
  provider("validator-provider-key", "QueryValidatorProviderAddr", ["<consumer_id>", "<consumer_address>"]),
  provider("all-pairs-valconsensus-address", "QueryAllPairsValConsAddrByConsumer", ["<consumer_id>"]),
  provider("validator-consumer-commission-rate", "QueryValidatorConsumerCommissionRate", [
    "<consumer_id>",
    "<provider_address>",
  ]),
  provider("throttle-state", "QueryThrottleState"),
  provider("params", "QueryParams", [], "params"),
  provider("blocks-until-next-epoch", "QueryBlocksUntilNextEpoch"),
  provider("registered-consumer-reward-denoms", "QueryRegisteredConsumerRewardDenoms"),
  provider("consumer-id-from-client-id", "QueryConsumerIdFromClientId", ["<client_id>"]),
  provider("consumer-genesis-time", "QueryConsumerGenesisTime", ["<consumer_id>"]),
  consumer("next-fee-distribution", "QueryNextFeeDistribution", "data"),
  consumer("params", "QueryParams", "params"),
  consumer("provider-info", "QueryProviderInfo"),
  consumer("throttle-state", "QueryThrottleState"),
  sdk("bank", "balances", "cosmos.bank.v1beta1.Query/AllBalances", ["<address>"]),
  sdk("bank", "total-supply", "cosmos.bank.v1beta1.Query/TotalSupply"),
  sdk("auth", "account", "cosmos.auth.v1beta1.Query/Account", ["<address>"]),
  sdk("staking", "validators", "cosmos.staking.v1beta1.Query/Validators"),
  sdk("staking", "validator", "cosmos.staking.v1beta1.Query/Validator", ["<validator_addr>"]),
  sdk("staking", "delegation", "cosmos.staking.v1beta1.Query/Delegation", [
    "<delegator_addr>",
    "<validator_addr>",
  ]),
  sdk("staking", "params", "cosmos.staking.v1beta1.Query/Params"),
  sdk("staking", "pool", "cosmos.staking.v1beta1.Query/Pool"),
  sdk("slashing", "signing-infos", "cosmos.slashing.v1beta1.Query/SigningInfos"),
  sdk("slashing", "params", "cosmos.slashing.v1beta1.Query/Params"),
  sdk("distribution", "params", "cosmos.distribution.v1beta1.Query/Params"),
  sdk("distribution", "community-pool", "cosmos.distribution.v1beta1.Query/CommunityPool"),
  sdk("mint", "params", "cosmos.mint.v1beta1.Query/Params"),
  sdk("ibc", "client-states", "ibc.core.client.v1.Query/ClientStates"),
  sdk("ibc", "connections", "ibc.core.connection.v1.Query/Connections"),
  sdk("ibc", "channels", "ibc.core.channel.v1.Query/Channels"),
];

/** Phases of a consumer by their numbers (interchain-security `ConsumerPhase`). */
const PHASES: readonly string[] = [
  "CONSUMER_PHASE_UNSPECIFIED",
  "CONSUMER_PHASE_REGISTERED",
  "CONSUMER_PHASE_INITIALIZED",
  "CONSUMER_PHASE_LAUNCHED",
  "CONSUMER_PHASE_STOPPED",
  "CONSUMER_PHASE_DELETED",
];

/** What a name stands for in a field of a request. */
const NAMED: Readonly<Record<string, NameKind>> = {
  consumer_id: "consumerId",
  provider_address: "consensus",
  address: "account",
  delegator_addr: "account",
  validator_addr: "operator",
};

async function runQuery(
  path: string,
  request: { [field: string]: string },
  options: {
    target: Target;
    only?: string;
    role: "provider" | "consumer";
    /** What the query is about; empty for one by its gRPC name. */
    module: string;
    /** Fields of the request that take a name. */
    names?: ReadonlyMap<string, NameKind>;
  },
  command: Command,
): Promise<void> {
  const settings = settingsOf(command);
  const slash = path.lastIndexOf("/");
  const [service, method] = [path.slice(0, slash), path.slice(slash + 1)];
  const found = methods().find((m) => m.service === service && m.name === method);
  if (found === undefined)
    throw new CliError({
      code: "not-found",
      message: `there is no query ${path}`,
      hint: suggest(
        path,
        methods()
          .filter((m) => m.service === service || m.name === method)
          .map((m) => `${m.service}/${m.name}`),
      ),
    });
  const { chain, name } = await connect(settings, options.target, options.role, options.module);
  try {
    const resolved = { ...request };
    for (const [field, kind] of options.names ?? [])
      if (request[field] !== undefined)
        resolved[field] = await resolveName(settings, kind, request[field], await prefixOf(chain), name);
    const message = fromProtoJson(found.request, resolved);
    const bytes = codecOf(found.request)
      .encode(message as never)
      .finish();
    const answer = codecOf(found.response).decode(
      await createProtobufRpcClient(chain.query).request(service, method, bytes),
    );
    const json = toProtoJson(found.response, answer) as { [key: string]: never };
    // Protobuf JSON is the result with --json and without: it is what scripts and people of these chains read.
    process.stdout.write(
      `${stringifyJson(options.only === undefined ? json : (json[options.only] ?? null))}\n`,
    );
  } catch (cause) {
    if (cause instanceof CliError || !isAnswer(cause)) throw cause;
    throw new CliError(
      { code: "query-failed", message: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  } finally {
    chain.disconnect();
  }
}

/** Adds `query`. */
export function addQuery(program: Command): void {
  const root = program.command("query").alias("q").description("read a chain's state");
  const groups = new Map<string, Command>();
  for (const spec of QUERIES) {
    let group = groups.get(spec.module);
    if (group === undefined) {
      group = root.command(spec.module).description(`state of ${spec.module}`);
      groups.set(spec.module, group);
    }
    const role = spec.role ?? "provider";
    group
      .command([spec.command, ...spec.args].join(" "))
      .option(
        "--chain <name>",
        `a chain of the network; the ${role === "provider" ? "provider" : "first consumer"} by default`,
      )
      .option("--node <url>", "JSON-RPC of any chain")
      .action(async (...all: unknown[]) => {
        const command = all.at(-1) as Command;
        const target = all.at(-2) as Target;
        const request: { [field: string]: string } = {};
        spec.args.forEach((arg, i) => {
          const value = all[i] as string | undefined;
          // Phases have numbers on the command line, and names in protobuf JSON.
          if (value !== undefined)
            request[arg.slice(1, -1)] = arg === "[phase]" ? (PHASES[Number(value)] ?? value) : value;
        });
        await runQuery(
          spec.path,
          request,
          {
            role,
            module: spec.module,
            target,
            names: new Map(Object.entries(NAMED)),
            ...(spec.only === undefined ? {} : { only: spec.only }),
          },
          command,
        );
      });
  }
  root
    .command("grpc <method> [request]")
    .description("any query: package.Service/Method and the request as protobuf JSON")
    .option("--chain <name>", "a chain of the network; the provider by default")
    .option("--node <url>", "JSON-RPC of any chain")
    .action(async (method: string, request: string | undefined, target: Target, command: Command) => {
      let parsed: unknown;
      try {
        parsed = parseJson(request ?? "{}");
      } catch (cause) {
        throw usageError(`the request is no JSON: ${cause instanceof Error ? cause.message : cause}`);
      }
      await runQuery(
        method,
        parsed as { [field: string]: string },
        { role: "provider", module: "", target },
        command,
      );
    });
}
