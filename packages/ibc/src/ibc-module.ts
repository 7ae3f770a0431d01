/** IBC core put together: clients, connections, channels and the router of ports (ibc-go `core/module.go`). */
import type { AddressCodec, AppModule, MessageRoute } from "@tandem-ics/runtime";
import { createClientKeeper } from "./02-client/create-keeper.ts";
import type { ClientKeeper, IbcUpgradeKeeper } from "./02-client/keeper.ts";
import type { LightClientModule } from "./02-client/light-client.ts";
import { clientMessages } from "./02-client/messages.ts";
import { commitUpgradedConsensusState, scheduleUpgrade } from "./02-client/own-upgrade.ts";
import { clientQueries } from "./02-client/queries.ts";
import { createConnectionKeeper } from "./03-connection/create-keeper.ts";
import type { ConnectionKeeper } from "./03-connection/keeper.ts";
import { connectionMessages } from "./03-connection/messages.ts";
import { connectionQueries } from "./03-connection/queries.ts";
import type { ChannelDeps } from "./04-channel/deps.ts";
import { type ChannelKeeper, createChannelKeeper } from "./04-channel/keeper.ts";
import { type ChannelMessageDeps, channelMessages } from "./04-channel/messages.ts";
import { packetMessages } from "./04-channel/packet-messages.ts";
import { packetQueries } from "./04-channel/packet-queries.ts";
import { channelQueries } from "./04-channel/queries.ts";
import { channelV2Queries } from "./04-channel/queries-v2.ts";
import { createPortRouter, type PortRouter } from "./05-port/router.ts";
import { createTendermintLightClient } from "./07-tendermint/light-client.ts";
import { createLocalhostLightClient } from "./09-localhost/light-client.ts";
import { IBC_STORE } from "./24-host/index.ts";
import { createRedundantRelayDecorator, type RelayDecorator } from "./ante.ts";
import {
  defaultIbcGenesis,
  exportIbcGenesis,
  ibcGenesisFromJson,
  ibcGenesisToJson,
  initIbcGenesis,
  validateIbcGenesis,
} from "./genesis.ts";

/** What IBC needs of the chain. */
export interface IbcModuleOptions {
  /** Form of account addresses: of signers. */
  readonly address: AddressCodec;
  /** Account that alone may change params, recover clients and plan upgrades: governance. */
  readonly authority: string;
  /** The upgrade module; without it the chain cannot plan upgrades. */
  readonly upgrade?: IbcUpgradeKeeper;
  /** Kinds of clients besides `09-localhost`; default: `07-tendermint`. */
  readonly lightClients?: readonly LightClientModule[];
}

/** IBC core. */
export interface IbcModule {
  readonly client: ClientKeeper;
  readonly connection: ConnectionKeeper;
  readonly channel: ChannelKeeper;
  /** Applications are added here before the first block. */
  readonly router: PortRouter;
  /** `ibc` in genesis, store `ibc`. */
  readonly module: AppModule;
  /** For the end of the ante chain. */
  readonly redundantRelay: RelayDecorator;
}

/** Puts IBC core together. */
export function createIbcModule(options: IbcModuleOptions): IbcModule {
  const { address, authority, upgrade, lightClients = [createTendermintLightClient()] } = options;
  const router = createPortRouter();
  const client = createClientKeeper([...lightClients, createLocalhostLightClient()]);
  const connection = createConnectionKeeper(client);
  const below: ChannelDeps = { clients: client, connections: connection };
  const channel = createChannelKeeper(below, router);
  const channelDeps: ChannelMessageDeps = { channels: channel, below, router, address };
  const routes: readonly MessageRoute[] = packetMessages(channelDeps);
  const keepers = { clients: client, connections: connection };
  const module: AppModule = {
    name: "ibc",
    stores: { [IBC_STORE]: "iavl" },
    messages: [
      ...clientMessages({
        clients: client,
        address,
        authority,
        scheduleUpgrade: (ctx, plan, state) => scheduleUpgrade(upgrade, ctx, plan, state),
      }),
      ...connectionMessages({ connections: connection, address, authority }),
      ...channelMessages(channelDeps),
      ...routes,
    ],
    queries: [
      ...clientQueries({ clients: client, address, upgrade }),
      ...connectionQueries(keepers),
      ...channelQueries({ clients: client, channels: channel }),
      ...packetQueries({ clients: client, channels: channel }),
      ...channelV2Queries({ clients: client }),
    ],
    ...(upgrade === undefined ? {} : { beginBlock: (ctx) => commitUpgradedConsensusState(upgrade, ctx) }),
    defaultGenesis: () => ibcGenesisToJson(defaultIbcGenesis()),
    validateGenesis: (state) => validateIbcGenesis(keepers, ibcGenesisFromJson(state)),
    initGenesis(ctx, state) {
      initIbcGenesis(keepers, ctx, ibcGenesisFromJson(state));
      return undefined;
    },
    exportGenesis: (ctx) => ibcGenesisToJson(exportIbcGenesis(keepers, ctx)),
  };
  const redundantRelay = createRedundantRelayDecorator({ clients: client, channels: channel, routes });
  return { client, connection, channel, router, module, redundantRelay };
}
