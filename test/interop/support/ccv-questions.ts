/** Questions to a provider of `ccv-states.ts`: every query, every bad argument, every way to turn pages. */
import { concatBytes, utf8 } from "@tandem-ics/crypto";
import { codecOf, messageDescriptor, methods } from "@tandem-ics/proto";
import type { PageRequest } from "cosmjs-types/cosmos/base/query/v1beta1/pagination";
import type { Question } from "./every-query.ts";

const SERVICE = "interchain_security.ccv.provider.v1.Query";
const MAX_U64 = 2n ** 64n - 1n;

/** What stands for ids: every consumer, unknown ones, and texts that are none. */
const idsOf = (count: number): readonly string[] => [
  ...Array.from({ length: count }, (_, i) => String(i)),
  ...["99", "18446744073709551615", "18446744073709551616", "007", "00", "+1", "-1", " 1", "1 ", "1_0"],
  ...["0x1", "1e1", "", " ", "x", "registered-1", "\u0661"],
];

/** Texts that are no consensus address of the provider, beside those that are. */
const ODD_ADDRESSES: readonly string[] = [
  "",
  " ",
  "nobody",
  "cosmosvalcons1",
  "cosmosvalcons1qqqq",
  "cosmosvalcons1pkptre7fdkl6gfrzlesjjvhxhlc3r4gmmk8rs6x",
  "osmovalcons1pkptre7fdkl6gfrzlesjjvhxhlc3r4gmmk8rs6",
];

/** The store's key of a consumer's phase behind its prefix: length in 8 bytes, then the id. */
const rowOf = (id: string): Uint8Array => {
  const bytes = utf8(id);
  const length = new Uint8Array(8);
  length[7] = bytes.length;
  return concatBytes(length, bytes);
};

/** Page requests: limits, offsets and keys at and over their edges, forwards and backwards. */
export function pageRequests(keys: readonly Uint8Array[]): Partial<PageRequest>[] {
  const limits = [0n, 1n, 2n, 3n, 100n, MAX_U64];
  const pages: Partial<PageRequest>[] = [];
  for (const reverse of [false, true])
    for (const countTotal of [false, true]) {
      for (const limit of limits)
        for (const offset of [0n, 1n, 2n, 7n, 40n, MAX_U64])
          pages.push({ limit, offset, countTotal, reverse });
      for (const key of keys)
        for (const limit of [0n, 1n, 2n, 5n, MAX_U64]) pages.push({ key, limit, countTotal, reverse });
    }
  pages.push({ key: keys[0]!, offset: 1n, limit: 1n });
  return pages;
}

/** What the questions are about. */
export interface Subjects {
  readonly consumers: number;
  /** Consensus addresses of the provider. */
  readonly addresses: readonly string[];
  /** Well-formed addresses of other kinds and chains. */
  readonly otherAddresses: readonly string[];
  /** Consensus addresses on consumers, as the provider writes them. */
  readonly consumerAddresses: readonly string[];
  readonly clients: readonly string[];
}

/** All of them. */
export function ccvQuestions(subjects: Subjects): Question[] {
  const ids = idsOf(subjects.consumers);
  const some = ["0", "1", "2", "3", "5", "6", "10", "99", "x", ""];
  const addresses = [
    ...subjects.addresses,
    ...subjects.otherAddresses,
    ...subjects.addresses.slice(0, 1).map((text) => text.toUpperCase()),
    ...ODD_ADDRESSES,
  ];
  const consumerAddresses = [...subjects.consumerAddresses, ...addresses];
  const questions: Question[] = [];
  const served = methods().filter(({ service }) => service === SERVICE);
  const ask = (rpc: string, partial: object): void => {
    const method = served.find(({ name }) => name === rpc);
    if (method === undefined) throw new Error(`there is no query ${rpc}`);
    const codec = codecOf(method.request);
    questions.push({
      path: method.path,
      about: JSON.stringify(partial, (_, value: unknown) =>
        typeof value === "bigint" ? value.toString() : value,
      ),
      request: codec.encode(codec.fromPartial(partial as never)).finish(),
    });
  };
  // One argument at a time, then the pairs that name a consumer and a validator.
  for (const { name, request } of served) {
    const fields = messageDescriptor(request).fields.map((field) => field.property);
    ask(name, {});
    if (fields.length === 1 && fields[0] === "consumerId")
      for (const consumerId of ids) ask(name, { consumerId });
    if (fields.length === 1 && fields[0] === "providerAddress")
      for (const providerAddress of addresses) ask(name, { providerAddress });
    if (fields.length === 2 && fields.includes("consumerId") && fields.includes("providerAddress"))
      for (const consumerId of some)
        for (const providerAddress of addresses) ask(name, { consumerId, providerAddress });
  }
  for (const consumerId of [...some, "007", "+1", " "])
    for (const consumerAddress of consumerAddresses)
      ask("QueryValidatorProviderAddr", { consumerId, consumerAddress });
  for (const clientId of subjects.clients) ask("QueryConsumerIdFromClientId", { clientId });
  for (const phase of [-1, 0, 1, 2, 3, 4, 5, 6, 99]) ask("QueryConsumerChains", { phase });
  const keys = ["0", "1", "3", "5", "11", "10", "4a", "999", ""].map(rowOf);
  for (const phase of [0, 1, 3])
    for (const pagination of pageRequests([...keys, utf8("z"), new Uint8Array([0])]))
      ask("QueryConsumerChains", { phase, pagination });
  return questions;
}

/** Lists of other modules, over stores and over collections, each with the fields that it needs. */
const LISTS: readonly (readonly [method: string, fields: (who: Listed) => object])[] = [
  ["cosmos.auth.v1beta1.Query/Accounts", () => ({})],
  ["cosmos.bank.v1beta1.Query/AllBalances", ({ account }) => ({ address: account })],
  ["cosmos.bank.v1beta1.Query/TotalSupply", () => ({})],
  ["cosmos.bank.v1beta1.Query/DenomOwners", () => ({ denom: "stake" })],
  ["cosmos.staking.v1beta1.Query/Validators", () => ({ status: "BOND_STATUS_BONDED" })],
  ["cosmos.staking.v1beta1.Query/ValidatorDelegations", ({ operator }) => ({ validatorAddr: operator })],
  ["cosmos.slashing.v1beta1.Query/SigningInfos", () => ({})],
  ["cosmos.gov.v1.Query/Proposals", () => ({ proposalStatus: 3 })],
  ["cosmos.gov.v1.Query/Proposals", ({ account }) => ({ depositor: account })],
  ["cosmos.evidence.v1beta1.Query/AllEvidence", () => ({})],
  ["ibc.core.client.v1.Query/ClientStates", () => ({})],
];

/** Whom lists of other modules are about. */
export interface Listed {
  readonly account: string;
  readonly operator: string;
}

/** Every way to turn the pages of other modules' lists. */
export function listQuestions(who: Listed): Question[] {
  const keys = [new Uint8Array([0]), new Uint8Array([0x80, 1]), rowOf("x"), new Uint8Array(30).fill(0xff)];
  // What a key and an offset together are refused with is each module's own in Go, and one and the same here.
  const pages = pageRequests(keys).filter(({ key, offset = 0n }) => key === undefined || offset === 0n);
  return LISTS.flatMap(([path, fields]) => {
    const codec = codecOf(path.replace(/\.Query\/(.*)$/, ".Query$1Request"));
    return pages.map((pagination) => ({
      path: `/${path}`,
      about: JSON.stringify({ ...fields(who), pagination }, (_, value: unknown) =>
        typeof value === "bigint" ? value.toString() : value,
      ),
      request: codec.encode(codec.fromPartial({ ...fields(who), pagination } as never)).finish(),
    }));
  });
}
