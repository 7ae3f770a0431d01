/** Light-client attacks on the provider's client of a consumer: made with the validators' own keys, judged, sent. */
import {
  type AttackKind,
  attackPower,
  forgeHeader,
  formatMisbehaviour,
  parseAttackFile,
  type TxResult,
} from "@tandem-ics/client";
import {
  type AttackedPair,
  findConsumer,
  freezeClient,
  type PreparedMisbehaviour,
  prepareMisbehaviour,
  sendMisbehaviour,
} from "@tandem-ics/relayer";
import { MsgUpdateClient } from "cosmjs-types/ibc/core/client/v1/tx";
import { Header } from "cosmjs-types/ibc/lightclients/tendermint/v1/tendermint";
import { arrival, checkWait, txInfo, type WaitFor } from "./actions.ts";
import type { Chain } from "./chain.ts";
import { LocalnetError } from "./errors.ts";
import { EvidenceRefused } from "./evidence.ts";
import { OWNER } from "./launch.ts";
import { consumerOf, providerOf, senderOf, validatorOf, type World } from "./world.ts";

/** Kinds of attacks by name. */
export const ATTACK_KINDS: readonly AttackKind[] = ["equivocation", "lunatic", "amnesia"];

/** How an attack is made. */
export interface AttackOptions {
  /** Default `equivocation`. */
  readonly kind?: AttackKind;
  /** Also shows the conflicting header to the provider's client, as attackers would: it deceives it, or freezes it. */
  readonly offer?: boolean;
}

async function pairOf(world: World, consumer: Chain): Promise<AttackedPair> {
  const provider = providerOf(world);
  const entry = await findConsumer(provider.client, { name: consumer.consumerId });
  return { provider: provider.client, consumer: consumer.client, entry, prefix: provider.bech32Prefix };
}

function seedsOf(world: World, names: readonly string[], { name: chain, engine }: Chain): Uint8Array[] {
  return names.map((name) => {
    const { spec } = validatorOf(world, name, chain);
    const key = engine.signingKey(spec.name);
    if (key !== undefined) return key.seed;
    throw new LocalnetError("bad-request", `${name} is not in the validator set of ${chain}`, {
      hint: "tandem validator list shows who is",
    });
  });
}

/**
 * Validators of a consumer sign a second header of its latest height. Gives the evidence file. Nothing is told to any chain,
 * unless the header is to be offered. Throws `bad-request` when they hold too little power for it.
 */
export async function faultLightClientAttack(
  world: World,
  validators: readonly string[],
  chainName: string,
  { kind = "equivocation", offer = false }: AttackOptions = {},
) {
  if (!ATTACK_KINDS.includes(kind))
    throw new LocalnetError("bad-request", `there is no light-client attack "${kind}"`, {
      hint: `there are: ${ATTACK_KINDS.join(", ")}`,
    });
  const { chain } = consumerOf(world, chainName);
  const seeds = seedsOf(world, validators, chain);
  const { client } = chain;
  const { height } = await client.status();
  const power = attackPower(kind, await client.validators(height), seeds);
  if (!power.enough)
    throw new LocalnetError(
      "bad-request",
      `${validators.join(", ")} hold ${power.attackers} of ${power.total} voting power on ${chain.name}: ${kind} takes more than ${power.needed}`,
      { hint: kind === "lunatic" ? "name more validators" : "name more validators, or --kind lunatic" },
    );
  const pair = await pairOf(world, chain);
  const real = await client.clientHeader(height, client.heightOf(height - 1n));
  const forged = forgeHeader(kind, real, seeds);
  const prepared = await prepareMisbehaviour(
    pair,
    { misbehaviour: { clientId: pair.entry.clientId, header1: real, header2: forged } },
    senderOf(world, providerOf(world), OWNER).address,
  );
  return {
    validators: [...validators],
    chain: chain.name,
    height: height.toString(),
    kind,
    power: power.attackers.toString(),
    totalPower: power.total.toString(),
    evidence: formatMisbehaviour(prepared.misbehaviour),
    ...(offer ? { offered: txInfo(await offerHeader(world, pair, prepared)) } : {}),
  };
}

/** A client update with the conflicting header. */
function offerHeader(
  world: World,
  { entry }: AttackedPair,
  { misbehaviour, updates }: PreparedMisbehaviour,
): Promise<TxResult> {
  const sender = senderOf(world, providerOf(world), OWNER);
  const value = Header.encode(misbehaviour.header2!).finish();
  return sender.send([
    ...updates,
    {
      typeUrl: "/ibc.core.client.v1.MsgUpdateClient",
      value: MsgUpdateClient.fromPartial({
        clientId: entry.clientId,
        clientMessage: { typeUrl: "/ibc.lightclients.tendermint.v1.Header", value },
        signer: sender.address,
      }),
    },
  ]);
}

async function prepare(world: World, consumer: string, file: string, from: string) {
  const pair = await pairOf(world, consumerOf(world, consumer).chain);
  const sender = senderOf(world, providerOf(world), from);
  return { pair, sender, prepared: await prepareMisbehaviour(pair, parseAttackFile(file), sender.address) };
}

/** What the provider would say to evidence of an attack, rule by rule. */
export async function checkLightClientAttack(world: World, consumer: string, file: string) {
  return (await prepare(world, consumer, file, OWNER)).prepared.report;
}

/** How evidence of an attack is submitted. */
export interface SubmitAttackOptions {
  readonly from?: string;
  /** Sends it although it does not hold here. */
  readonly unchecked?: boolean;
  /** Freezes the provider's client of the consumer afterwards; governance alone can recover it. */
  readonly freeze?: boolean;
  readonly wait?: WaitFor;
}

/** Submits evidence of an attack to the provider. Throws {@link EvidenceRefused}, ClientError. */
export async function submitLightClientAttack(
  world: World,
  consumer: string,
  file: string,
  options: SubmitAttackOptions = {},
) {
  checkWait(world, options.wait);
  const { pair, sender, prepared } = await prepare(world, consumer, file, options.from ?? OWNER);
  const { report, misbehaviour } = prepared;
  if (!report.ok && !options.unchecked) throw new EvidenceRefused(report);
  const result = txInfo(await sendMisbehaviour(pair, prepared, sender));
  const arrived = await arrival(world, options.wait);
  if (!options.freeze) return { ...result, report, ...arrived };
  return { ...result, report, ...arrived, frozen: txInfo(await freezeClient(pair, misbehaviour, sender)) };
}
