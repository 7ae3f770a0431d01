/** Every message of bank, staking and distribution, refusals among them. */
import { moduleAddress } from "@tandem-ics/runtime";
import { keysOf } from "./keys.ts";
import {
  bank,
  codecs,
  coin,
  createValidator,
  delegation,
  distribution,
  PEOPLE,
  redelegation,
  staking,
  UNIT,
  type Walker,
} from "./walk-kit.ts";

/** Walks through them. */
export async function walkStake({ main, by, send, fails }: Walker): Promise<void> {
  const { purse, first, second, third } = PEOPLE;

  // bank
  await send(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(7n)] }),
  );
  const fresh = keysOf("replay nobody yet").address;
  await send(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: fresh, amount: [coin(11n)] }),
    bank("MsgMultiSend", {
      inputs: [{ address: purse.address, coins: [coin(30n)] }],
      outputs: [
        { address: second.address, coins: [coin(10n)] },
        { address: third.address, coins: [coin(20n)] },
      ],
    }),
  );
  await fails(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(1n)] }),
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(10n ** 30n)] }),
  );
  await fails(
    purse,
    bank("MsgSend", { fromAddress: purse.address, toAddress: first.address, amount: [coin(1n, "unknown")] }),
  );
  const pool = codecs.account.encode(moduleAddress("bonded_tokens_pool"));
  await fails(purse, bank("MsgSend", { fromAddress: purse.address, toAddress: pool, amount: [coin(1n)] }));
  await fails(
    purse,
    bank("MsgUpdateParams", { authority: purse.address, params: { defaultSendEnabled: false } }),
  );

  // staking
  await send(first, createValidator(first, 20n * UNIT));
  await send(second, createValidator(second, 30n * UNIT));
  await fails(first, createValidator(first, 20n * UNIT));
  const delegatorAddress = purse.address;
  await send(
    purse,
    staking("MsgDelegate", delegation(main.operator, 40n * UNIT)),
    staking("MsgDelegate", delegation(first.operator, 15n * UNIT + 1n)),
    staking("MsgDelegate", delegation(second.operator, 9n * UNIT)),
  );
  await fails(
    purse,
    staking("MsgDelegate", { ...delegation(first.operator, 1n), amount: coin(1n, "other") }),
  );
  await fails(purse, staking("MsgDelegate", delegation(third.operator, 1n)));
  await fails(purse, staking("MsgDelegate", delegation(first.operator, 10n ** 30n)));
  const { height: undelegated } = await send(
    purse,
    staking("MsgUndelegate", delegation(first.operator, 5n * UNIT)),
  );
  await send(purse, staking("MsgUndelegate", delegation(first.operator, 2n * UNIT)));
  await fails(purse, staking("MsgUndelegate", delegation(first.operator, 500n * UNIT)));
  await send(
    purse,
    staking("MsgCancelUnbondingDelegation", {
      ...delegation(first.operator, UNIT),
      creationHeight: undelegated,
    }),
  );
  await fails(
    purse,
    staking("MsgCancelUnbondingDelegation", { ...delegation(first.operator, UNIT), creationHeight: 1n }),
  );
  await send(purse, redelegation(second.operator, first.operator, 3n * UNIT));
  await fails(purse, redelegation(first.operator, main.operator, UNIT));
  await fails(purse, redelegation(second.operator, second.operator, UNIT));
  await fails(
    first,
    staking("MsgEditValidator", {
      description: { moniker: "sooner", identity: "", website: "", details: "" },
      validatorAddress: first.operator,
      commissionRate: "150000000000000000",
      minSelfDelegation: "",
    }),
  );
  await send(
    first,
    staking("MsgEditValidator", {
      description: {
        moniker: "renamed",
        identity: "[do-not-modify]",
        website: "[do-not-modify]",
        securityContact: "x@example.com",
        details: "",
      },
      validatorAddress: first.operator,
      commissionRate: "",
      minSelfDelegation: "2",
    }),
  );
  await fails(purse, staking("MsgUpdateParams", { authority: purse.address, params: {} }));

  // distribution
  await send(
    purse,
    distribution("MsgSetWithdrawAddress", { delegatorAddress, withdrawAddress: third.address }),
  );
  await fails(purse, distribution("MsgSetWithdrawAddress", { delegatorAddress, withdrawAddress: pool }));
  const withdraw = (operator: string) =>
    distribution("MsgWithdrawDelegatorReward", { delegatorAddress, validatorAddress: operator });
  await send(purse, withdraw(main.operator), withdraw(first.operator));
  await fails(purse, withdraw(third.operator));
  await by(main.sender, [
    distribution("MsgWithdrawValidatorCommission", { validatorAddress: main.operator }),
  ]);
  await fails(third, distribution("MsgWithdrawValidatorCommission", { validatorAddress: third.operator }));
  await send(
    purse,
    distribution("MsgFundCommunityPool", { amount: [coin(77n * UNIT)], depositor: purse.address }),
  );
  await send(
    purse,
    distribution("MsgDepositValidatorRewardsPool", {
      depositor: purse.address,
      validatorAddress: main.operator,
      amount: [coin(5n * UNIT)],
    }),
  );
  await fails(
    purse,
    distribution("MsgDepositValidatorRewardsPool", {
      depositor: purse.address,
      validatorAddress: third.operator,
      amount: [coin(5n)],
    }),
  );
  await fails(
    purse,
    distribution("MsgCommunityPoolSpend", {
      authority: purse.address,
      recipient: purse.address,
      amount: [coin(1n)],
    }),
  );
}
