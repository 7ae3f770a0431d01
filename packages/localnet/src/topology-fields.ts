/** Fields that several parts of a topology share: names, amounts, durations, accounts, doors. */
import { z } from "zod";
import { LocalnetError } from "./errors.ts";

const NAME = /^[a-z][a-z0-9-]{0,48}$/;
const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

/** Name of a validator, an account, a chain or a path. */
export const name = z.string().regex(NAME, "lower-case letters, digits and dashes, starting with a letter");
/** Base units of a denomination. */
export const amount = z
  .union([z.string().regex(/^\d+$/, "a whole number of base units"), z.number().int().nonnegative()])
  .transform((v) => BigInt(v));
/** A share from 0 to 1, with 18 decimals at most. */
export const rate = z.string().regex(/^[01](\.\d{1,18})?$/, "a decimal such as 0.05");
/** A whole number from 1 on. */
export const positiveInt = z.number().int().positive();
/** A denomination, as the bank module takes it. */
export const denom = z.string().regex(DENOM, "a denomination such as stake");
/** What addresses of a chain begin with. */
export const bech32Prefix = z.string().regex(/^[a-z]{1,20}$/, "lower-case letters");
/** A chain id, at most as long as CometBFT takes it. */
export const chainId = z.string().min(1).max(50);
/** A duration as text; nanoseconds once it is read. */
export const duration = z
  .string()
  .regex(/^\d+(ms|s|m|h|d)$/, "a duration such as 5s, 20m, 21d")
  .transform(parseDuration);

/** Nanoseconds of `500ms`, `5s`, `20m`, `3h`, `21d`. */
export function parseDuration(text: string): bigint {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null)
    throw new LocalnetError("bad-topology", `"${text}" is not a duration`, {
      hint: "write 500ms, 5s, 20m, 3h or 21d",
    });
  const unit = { ms: 1n, s: 1000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n }[
    match[2] as "ms" | "s" | "m" | "h" | "d"
  ];
  return BigInt(match[1]!) * unit * 1_000_000n;
}

const port = z.number().int().min(1).max(65535);
/** A door is open on a free port unless a port is named, or it is to stay shut. */
const door = z.union([port, z.literal(false)]).optional();

/** Where the doors of a chain listen. */
export const ports = z
  .strictObject({
    rpc: port.optional().describe("JSON-RPC and WebSocket; a free one by default"),
    grpc: door.describe("gRPC; a free one by default, false for none"),
    rest: door.describe("REST; a free one by default, false for none"),
    faucet: port.optional().describe("of the chain's faucet, where it has one; a free one by default"),
  })
  .prefault({});

/** Ports that a topology names for a chain. */
export type Ports = z.output<typeof ports>;

/** JSON as a genesis file has it: what is in it is checked against the modules' default genesis. */
export const genesisChanges = z
  .record(z.string(), z.json())
  .describe("merged into the default genesis: module, then its fields as a genesis file has them");

/** Changes of a default genesis, by module. */
export type GenesisChanges = z.output<typeof genesisChanges>;

/** An account with its coins and where its key comes from. */
export const account = z
  .strictObject({
    name,
    coins: z.string().optional().describe("such as 1000000000stake,5uatom; by default 10^12 of each"),
    mnemonic: z.string().optional().describe("12 to 24 words; made from the seed by default"),
    hdPath: z
      .string()
      .regex(/^m(\/\d{1,10}'?){1,10}$/, "a path such as m/44'/118'/0'/0/0")
      .optional()
      .describe("m/44'/118'/0'/0/0 by default"),
    count: positiveInt
      .max(1000)
      .optional()
      .describe("as many accounts NAME-0, NAME-1, …: the path's last number counts up"),
    address: z.string().optional().describe("of an account whose key is not here"),
    multisig: z
      .strictObject({ threshold: positiveInt, members: z.array(name).min(1).max(20) })
      .optional()
      .describe("of which threshold many members sign, named as accounts of this list"),
  })
  .refine(
    (a) => [a.mnemonic, a.address, a.multisig].filter((v) => v !== undefined).length <= 1,
    "an account has one of mnemonic, address and multisig",
  )
  .refine(
    (a) => (a.address ?? a.multisig) === undefined || (a.hdPath === undefined && a.count === undefined),
    "hdPath and count are for accounts with a mnemonic",
  );

/** An account as a topology describes it. */
export type AccountSpec = z.output<typeof account>;

/** Metadata of denominations, in camel case. */
export const denomMetadata = z
  .array(
    z.strictObject({
      description: z.string().default(""),
      base: denom,
      display: z.string(),
      denomUnits: z
        .array(
          z.strictObject({
            denom: z.string(),
            exponent: z.number().int().nonnegative().default(0),
            aliases: z.array(z.string()).default([]),
          }),
        )
        .default([]),
      name: z.string().default(""),
      symbol: z.string().default(""),
      uri: z.string().default(""),
      uriHash: z.string().default(""),
    }),
  )
  .describe("what the bank module tells of denominations");

/** Metadata of denominations. */
export type DenomMetadata = z.output<typeof denomMetadata>;

/** Limits of a chain's JSON-RPC. */
export const rpcLimits = z
  .strictObject({
    broadcastCommitTimeout: duration
      .optional()
      .describe("how long broadcast_tx_commit waits for the block, default 10s"),
    maxBodyBytes: positiveInt.optional().describe("of one request, default 1000000"),
    maxBatch: z.number().int().nonnegative().optional().describe("requests in one batch, default 10"),
    maxSubscriptionsPerClient: positiveInt.optional().describe("default 5"),
  })
  .prefault({})
  .describe("limits of JSON-RPC");

/** Limits of JSON-RPC that a topology sets. */
export type RpcLimitsSpec = z.output<typeof rpcLimits>;

/** Prices of gas as `app.toml` of Go nodes has them. */
export const minGasPrices = z
  .string()
  .regex(
    /^(\d+(\.\d{1,18})?[a-zA-Z][a-zA-Z0-9/:._-]{2,127})(,\d+(\.\d{1,18})?[a-zA-Z][a-zA-Z0-9/:._-]{2,127})*$/,
  )
  .describe("asked of transactions, such as 0.01stake; nothing by default");

/** A faucet of a chain. */
export const faucet = z
  .strictObject({
    account: name.optional().describe("who pays; faucet on plain chains, owner on others"),
    coins: z.string().optional().describe("what one credit gives, such as 1000000stake,1000000uatom"),
    cooldown: duration
      .optional()
      .describe("how long an account waits for more of the same; not at all by default"),
  })
  .describe("gives coins over HTTP");

/** What every kind of chain can say of itself. */
export const chainFields = {
  denomMetadata: denomMetadata.optional(),
  genesis: genesisChanges.optional(),
  consensusParams: genesisChanges
    .optional()
    .describe("merged into the default consensus parameters, as a genesis file has them"),
  minGasPrices: minGasPrices.optional(),
  rpc: rpcLimits,
  ports,
  faucet: faucet.optional(),
};

/** What any chain may say of itself, decided. */
export interface ChainSettings {
  readonly denomMetadata?: DenomMetadata | undefined;
  readonly genesis?: GenesisChanges | undefined;
  readonly consensusParams?: GenesisChanges | undefined;
  readonly minGasPrices?: string | undefined;
  readonly rpc: RpcLimitsSpec;
  readonly ports: Ports;
  readonly faucet?: z.output<typeof faucet> | undefined;
}
