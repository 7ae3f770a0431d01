/** A Go provider whose validator set never stands still: one validator signs, up to 99 others come and go. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EncodeObject } from "@cosmjs/proto-signing";
import { type ChainClient, findTx, type TxSender } from "@tandem-ics/client";
import { PubKey } from "cosmjs-types/cosmos/crypto/ed25519/keys";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import { BondStatus } from "cosmjs-types/cosmos/staking/v1beta1/staking";
import { MsgCreateValidator } from "cosmjs-types/cosmos/staking/v1beta1/tx";
import { type GoChain, STAKE } from "../harness/go-chain.ts";
import type { JsonObject } from "../harness/go-genesis.ts";
import { createChurn, HALF_UNIT } from "./churn.ts";
import type { Keys } from "./keys.ts";
import { inLanes } from "./lanes.ts";
import { fixedGasSender } from "./our-provider.ts";

/** Blocks after which jailed validators are looked for again. */
const UNJAIL_EVERY = 25n;
const PAGE = { key: new Uint8Array(), offset: 0n, limit: 200n, countTotal: false, reverse: false };

/**
 * Makes the nodes' blocks come as fast as they are ready. A proposer that is not there, which happens when one of the
 * absent validators has its turn, costs little.
 */
export function hurry(chain: GoChain): void {
  for (const { home } of chain.nodes) {
    const path = join(home, "config/config.toml");
    const text = readFileSync(path, "utf8")
      .replace(/^timeout_propose = .*$/m, 'timeout_propose = "250ms"')
      .replace(/^timeout_(prevote|precommit) = .*$/gm, 'timeout_$1 = "20ms"');
    writeFileSync(path, text);
  }
}

/** Gives accounts `amount` of the stake at genesis. */
export function fund(app: JsonObject, accounts: readonly Keys[], amount: bigint): void {
  const auth = app["auth"] as { accounts: JsonObject[] };
  const bank = app["bank"] as { balances: JsonObject[]; supply: { denom: string; amount: string }[] };
  for (const { address } of accounts) {
    auth.accounts.push({
      "@type": "/cosmos.auth.v1beta1.BaseAccount",
      address,
      pub_key: null,
      account_number: "0",
      sequence: "0",
    });
    bank.balances.push({ address, coins: [{ denom: STAKE, amount: amount.toString() }] });
  }
  const supply = bank.supply.find(({ denom }) => denom === STAKE)!;
  supply.amount = (BigInt(supply.amount) + BigInt(accounts.length) * amount).toString();
}

/** What the absent validators do, paid for by `purse`. */
export interface GoValidators {
  /** Makes them, each with half a unit of power. */
  create(): Promise<void>;
  /** Changes the set about once a block until the chain is at `height`; throws when a transaction failed. */
  churnTo(height: bigint): Promise<{ steps: number; unjailed: number }>;
}

/** The absent validators of a Go provider. */
export function goValidators(chain: ChainClient, purse: Keys, validators: readonly Keys[]): GoValidators {
  const payer = fixedGasSender(chain, purse);
  const senders = new Map<string, TxSender>(
    validators.map((keys) => [keys.operator, fixedGasSender(chain, keys)]),
  );

  async function unjail(): Promise<string[]> {
    const { validators: known } = await chain.query.staking.Validators({
      status: BondStatus[BondStatus.BOND_STATUS_UNBONDED],
      pagination: PAGE,
    });
    const { validators: leaving } = await chain.query.staking.Validators({
      status: BondStatus[BondStatus.BOND_STATUS_UNBONDING],
      pagination: PAGE,
    });
    const hashes: string[] = [];
    for (const { jailed, operatorAddress } of [...known, ...leaving]) {
      const sender = senders.get(operatorAddress);
      if (!jailed || sender === undefined) continue;
      hashes.push(
        await sender.submit([
          {
            typeUrl: MsgUnjail.typeUrl,
            value: MsgUnjail.fromPartial({ validatorAddr: operatorAddress }),
          },
        ]),
      );
    }
    return hashes;
  }

  return {
    async create() {
      const hashes = await inLanes(validators.length, (i) => {
        const keys = validators[i]!;
        return senders.get(keys.operator)!.submit([createValidatorMessage(keys, HALF_UNIT)]);
      });
      for (const hash of hashes) await payer.settle(hash);
    },
    async churnTo(target) {
      const churn = createChurn(
        purse.address,
        validators.map(({ operator }) => operator),
        2,
      );
      const hashes: string[] = [];
      const unjailings: string[] = [];
      const { height: start } = await chain.status();
      let looked = start;
      for (let height = start; height < target; height = await chain.pace.after(height)) {
        const messages = churn.step(Number(height - start));
        if (messages.length > 0) hashes.push(await payer.submit(messages));
        if (height < looked + UNJAIL_EVERY) continue;
        unjailings.push(...(await unjail()));
        looked = height;
      }
      await payer.settle(hashes.at(-1)!);
      let unjailed = 0;
      for (const hash of [...hashes, ...unjailings]) {
        const result = await findTx(chain.rpc, hash);
        // Some were jailed less than a second before; they are tried again.
        const early = result?.codespace === "slashing" && unjailings.includes(hash);
        if (result?.code !== 0 && !early)
          throw new Error(`${chain.chainId}: ${result?.log ?? `${hash} was lost`}`);
        if (result.code === 0 && unjailings.includes(hash)) unjailed++;
      }
      return { steps: hashes.length, unjailed };
    },
  };
}

/** The message by which the account of `keys` makes its validator, with `stake` of its own. */
export const createValidatorMessage = (
  { name, operator, consensusKey }: Keys,
  stake: bigint,
): EncodeObject => ({
  typeUrl: MsgCreateValidator.typeUrl,
  value: MsgCreateValidator.fromPartial({
    description: { moniker: name },
    commission: {
      rate: "100000000000000000",
      maxRate: "1000000000000000000",
      maxChangeRate: "10000000000000000",
    },
    minSelfDelegation: "1",
    validatorAddress: operator,
    pubkey: {
      typeUrl: "/cosmos.crypto.ed25519.PubKey",
      value: PubKey.encode({ key: consensusKey }).finish(),
    },
    value: { denom: STAKE, amount: stake.toString() },
  }),
});
