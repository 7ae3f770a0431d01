/** Every action of a scenario with its fields. What is not here is refused by name. */
import { z } from "zod";
import { addresses, flag, fraction, height, int, type Names, number, text, uint, uint32 } from "./fields.ts";

const powerShaping = {
  TopN: uint32,
  ValidatorsPowerCap: uint32,
  ValidatorSetCap: uint32,
  Allowlist: addresses,
  Denylist: addresses,
  Prioritylist: addresses,
  MinStake: uint.default(0n),
  AllowInactiveVals: flag,
};

const powerShapingParams = z.strictObject(powerShaping).nullish();

const initParams = z
  .strictObject({ InitialHeight: height, SpawnTime: uint.default(0n), DistributionChannel: text })
  .nullish();

const expectation = { ExpectError: flag, ExpectedError: text };
/** Transfers call the same thing by another name. */
const expectErr = { ExpectErr: flag, ExpectError: flag, ExpectedError: text };

const started = ({ validator }: Names) =>
  z
    .array(z.strictObject({ Id: validator, Allocation: uint.default(0n), Stake: uint.default(0n) }))
    .min(1, "at least one validator");

/** Starting chains, and the life of consumers on the provider. */
const chainActions = (names: Names) => ({
  StartChain: z.strictObject({
    Chain: names.chain,
    Validators: started(names),
    GenesisChanges: text,
    IsConsumer: flag,
  }),
  StartConsumerChain: z.strictObject({
    ConsumerChain: names.chain,
    ProviderChain: names.chain,
    Validators: started(names),
    GenesisChanges: text,
  }),
  CreateConsumerChain: z.strictObject({
    Chain: names.chain,
    From: names.validator,
    ConsumerChain: names.chain,
    InitParams: initParams,
    PowerShapingParams: powerShapingParams,
  }),
  UpdateConsumerChain: z.strictObject({
    Chain: names.chain,
    From: names.validator,
    ConsumerChain: names.chain,
    NewOwner: text,
    InitParams: initParams,
    PowerShapingParams: powerShapingParams,
  }),
  RemoveConsumerChain: z.strictObject({
    Chain: names.chain,
    From: names.validator,
    ConsumerChain: names.chain,
  }),
});

const proposed = ({ chain, validator }: Names) => ({ Chain: chain, From: validator, Deposit: uint });

/** Governance. */
const proposalActions = (names: Names) => ({
  SubmitConsumerAdditionProposal: z.strictObject({
    ...proposed(names),
    PreCCV: flag,
    ConsumerChain: names.chain,
    SpawnTime: uint.default(0n),
    InitialHeight: height,
    DistributionChannel: text,
    ...powerShaping,
  }),
  SubmitConsumerModificationProposal: z.strictObject({
    ...proposed(names),
    ConsumerChain: names.chain,
    NewOwner: text,
    ...powerShaping,
  }),
  SubmitConsumerRemovalProposal: z.strictObject({
    ...proposed(names),
    ConsumerChain: names.chain,
    StopTimeOffset: int.default(0n),
  }),
  SubmitEnableTransfersProposal: z.strictObject({ ...proposed(names), Title: text }),
  SubmitChangeRewardDenomsProposal: z.strictObject({ ...proposed(names), Denoms: addresses }),
  VoteGovProposal: z
    .strictObject({
      Chain: names.chain,
      From: z.array(names.validator),
      Vote: z.array(z.enum(["yes", "no", "abstain", "no_with_veto"])),
      PropNumber: uint,
    })
    .refine(({ From, Vote }) => From.length === Vote.length, "as many votes as voters"),
});

const pair = ({ chain }: Names) => ({ ChainA: chain, ChainB: chain });

/** The relayer. */
const relayActions = (names: Names) => ({
  CreateIbcClient: z.strictObject(pair(names)),
  AddIbcConnection: z.strictObject({ ...pair(names), ClientA: number, ClientB: number }),
  AddIbcChannel: z.strictObject({
    ...pair(names),
    ConnectionA: number,
    PortA: z.string(),
    PortB: z.string(),
    Order: z.enum(["ordered", "unordered"]),
    Version: text,
  }),
  TransferChannelComplete: z.strictObject({
    ...pair(names),
    ConnectionA: number,
    PortA: z.string(),
    PortB: z.string(),
    Order: z.enum(["ordered", "unordered"]).optional(),
    ChannelA: number,
    ChannelB: number,
  }),
  StartRelayer: z.strictObject({}),
  RelayPackets: z.strictObject({ ...pair(names), Port: z.string(), Channel: number }),
  RelayRewardPacketsToProvider: z.strictObject({
    ConsumerChain: names.chain,
    ProviderChain: names.chain,
    Port: z.string(),
    Channel: number,
  }),
});

const onConsumer = ({ chain, validator }: Names) => ({ Chain: chain, Validator: validator });

/** What validators say to the provider of consumers. */
const validatorActions = (names: Names) => ({
  AssignConsumerPubKey: z.strictObject({
    ...onConsumer(names),
    ConsumerPubkey: z.string(),
    ReconfigureNode: flag,
    ...expectation,
  }),
  OptIn: z.strictObject({ ...onConsumer(names), ConsumerID: text, ...expectation }),
  OptOut: z.strictObject({ ...onConsumer(names), ConsumerID: text, ...expectation }),
  SetConsumerCommissionRate: z.strictObject({
    ...onConsumer(names),
    ConsumerID: text,
    CommissionRate: fraction,
    ...expectation,
  }),
  UnjailValidator: z.strictObject({ Provider: names.chain, Validator: names.validator }),
  RegisterRepresentative: z
    .strictObject({ Chain: names.chain, Representatives: z.array(names.validator), Stakes: z.array(uint) })
    .refine(
      ({ Representatives, Stakes }) => Representatives.length === Stakes.length,
      "as many stakes as representatives",
    ),
});

/** Stake and coins. */
const tokenActions = (names: Names) => ({
  DelegateTokens: z.strictObject({
    Chain: names.chain,
    From: names.validator,
    To: names.validator,
    Amount: uint,
  }),
  UnbondTokens: z.strictObject({
    Chain: names.chain,
    Sender: names.validator,
    UnbondFrom: names.validator,
    Amount: uint,
  }),
  CancelUnbondTokens: z.strictObject({
    Chain: names.chain,
    Delegator: names.validator,
    Validator: names.validator,
    Amount: uint,
  }),
  RedelegateTokens: z.strictObject({
    Chain: names.chain,
    Src: names.validator,
    Dst: names.validator,
    TxSender: names.validator,
    Amount: uint,
  }),
  SendTokens: z.strictObject({
    Chain: names.chain,
    From: names.validator,
    To: names.validator,
    Amount: uint,
    ...expectErr,
  }),
  TransferIbcToken: z.strictObject({
    Chain: names.chain,
    DstAddr: z.string(),
    From: names.validator,
    Amount: uint,
    Channel: number,
    Memo: text,
    ...expectErr,
  }),
});

/** How long one waits for the slash meter where a scenario does not say: ten minutes. */
const METER_TIMEOUT_NS = 600_000_000_000n;

/** Misbehaviour, and time. */
const infractionActions = (names: Names) => ({
  DowntimeSlash: z.strictObject(onConsumer(names)),
  DoublesignSlash: z.strictObject(onConsumer(names)),
  LightClientEquivocationAttack: z.strictObject(onConsumer(names)),
  DetectConsumerEvidence: z.strictObject({ Chain: names.chain, Submitter: names.validator }),
  ForkConsumerChain: z.strictObject({
    ConsumerChain: names.chain,
    ProviderChain: names.chain,
    Validator: names.validator,
    RelayerConfig: text,
  }),
  SubmitConsumerMisbehaviour: z.strictObject({
    FromChain: names.chain,
    ToChain: names.chain,
    ClientID: z.string(),
    Submitter: names.validator,
  }),
  SlashMeterReplenishment: z.strictObject({ TargetValue: int, Timeout: uint.default(METER_TIMEOUT_NS) }),
  WaitTime: z.strictObject({ WaitTime: uint }),
});

/** Schemas of the fields of all actions, by the action's name. */
export const actionFields = (names: Names) => ({
  ...chainActions(names),
  ...proposalActions(names),
  ...relayActions(names),
  ...validatorActions(names),
  ...tokenActions(names),
  ...infractionActions(names),
});

type Schemas = ReturnType<typeof actionFields>;

/** Name of an action. */
export type ActionName = keyof Schemas;

/** Fields of an action, as read. */
export type ActionFields<K extends ActionName> = z.output<Schemas[K]>;

/** Power shaping, as several actions have it. */
export type PowerShapingFields = NonNullable<z.output<typeof powerShapingParams>>;

/** Parameters of a consumer's first start. */
export type InitFields = NonNullable<z.output<typeof initParams>>;
