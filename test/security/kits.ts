/** What the files here share: kits of the packages' own tests, under one roof. */
export {
  duplicateVotes,
  type ForkSide,
  forkOf,
  ibcHeader,
  type Signer,
  signerOf,
  voteOf,
} from "../../packages/ccv/src/testing/consumer-votes.ts";
export { packetTo } from "../../packages/ccv/src/testing/fake-ibc.ts";
export { testAddress, testKey, testOperator } from "../../packages/ccv/src/testing/fake-staking.ts";
export { refusalCode, refusalText } from "../../packages/ccv/src/testing/refusal-code.ts";
export {
  createTestConsumer,
  newConsumerGenesis,
  type TestConsumer,
  updateOf,
} from "../../packages/ccv/src/testing/test-consumer.ts";
export {
  ADDRESSES,
  AUTHORITY,
  accountOf,
  consAddressOf,
  createTestProvider,
  keyJson,
  OWNER,
  operatorOf,
  type TestProvider,
} from "../../packages/ccv/src/testing/test-provider.ts";

import { packetTo } from "../../packages/ccv/src/testing/fake-ibc.ts";
import { testAddress } from "../../packages/ccv/src/testing/fake-staking.ts";
import type { TestProvider } from "../../packages/ccv/src/testing/test-provider.ts";

/** A consumer's report about the validator with the `n`th test key, as it travels. */
export const slashData = (n: number, changes: { infraction?: string; vscId?: string } = {}): string =>
  JSON.stringify({
    type: "CONSUMER_PACKET_TYPE_SLASH",
    slashPacketData: {
      validator: { address: Buffer.from(testAddress(n)).toString("base64"), power: "5" },
      valset_update_id: changes.vscId ?? "0",
      infraction: changes.infraction ?? "INFRACTION_TYPE_DOWNTIME",
    },
  });

/** The provider's answer to bytes that come over a CCV channel; what it wrote stays unless it threw. */
export function received(chain: TestProvider, data: string | Uint8Array, channelId = "channel-0"): string {
  const branch = chain.ctx.branch();
  const { bytes } = chain.provider.ibcApp.onRecvPacket(branch.ctx, {
    channelVersion: "1",
    packet: packetTo("provider", channelId, data),
    relayer: new Uint8Array(20),
  })!;
  branch.commit();
  return Buffer.from(bytes).toString();
}

/** Answer to a slash packet that was dealt with. */
export const HANDLED = '{"result":"Ag=="}';
/** Answer to a slash packet that has to come again. */
export const BOUNCED = '{"result":"Aw=="}';
