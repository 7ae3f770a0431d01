/** The part of a model's state that is compared with real chains, in one form for both. */
import type { ForgottenReports } from "./forgotten-reports.ts";
import type { TraceStep } from "./trace.ts";
import type { Launched, World } from "./world.ts";

/** Where a consumer stands; `timedout`: its channel was closed before the provider stopped it. */
export type StatusView = TraceStep["provider"]["status"][string];

/** A VSC id; `any` where no height of the consumer stands for it (two VSC packets in one block). */
export type VscIdView = number | "any";

/** A slash packet before it is sent. */
export interface ReportView {
  readonly vscId: VscIdView;
  readonly validator: string;
  readonly downtime: boolean;
}

/** A slash packet on its way. */
export interface SlashView extends ReportView {
  /** Time of the block that sent it. */
  readonly sentAt: number;
  readonly timeoutAt: number;
}

/** A VSC packet on its way. */
export interface VscView {
  readonly vscId: number;
  /** The set that the consumer has with it. */
  readonly validators: Readonly<Record<string, number>>;
  /** Time of the block that sent it. */
  readonly sentAt: number;
  readonly timeoutAt: number;
  readonly slashAcks: readonly string[];
}

/** The provider. Maps by consumer have the running ones only, those of keys all that the provider has not deleted. */
export interface ProviderView {
  /** Blocks that ended. */
  readonly height: number;
  readonly lastTime: number;
  readonly runningTime: number;
  readonly status: Readonly<Record<string, StatusView>>;
  readonly powers: Readonly<Record<string, number>>;
  /** The set of the last ended block. */
  readonly committed: Readonly<Record<string, number>>;
  readonly jailedUntil: Readonly<Record<string, number>>;
  readonly assignedKeys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly keyOwners: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly queueTo: Readonly<Record<string, readonly VscView[]>>;
  readonly pendingSlashAcks: Readonly<Record<string, readonly string[]>>;
  /** Id of the next VSC packets. */
  readonly vscId: number;
}

/** A running consumer. */
export interface ConsumerView {
  /** Blocks that ended. */
  readonly height: number;
  readonly lastTime: number;
  readonly runningTime: number;
  /** The set that its next ended block will have. */
  readonly powers: Readonly<Record<string, number>>;
  /** The set of the last ended block. */
  readonly committed: Readonly<Record<string, number>>;
  readonly queueToProvider: readonly SlashView[];
  readonly unsent: readonly ReportView[];
  readonly outstandingDowntime: readonly string[];
  readonly waitingForSlashAck: boolean;
}

/** All that is compared. */
export interface View {
  readonly provider: ProviderView;
  readonly consumers: Readonly<Record<string, ConsumerView>>;
}

/** Without powers of 0. */
const present = (powers: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(powers).filter(([, power]) => power > 0));

/** How a report's id is compared; `vscId` counts as the chains do. */
export function vscIdView({ vscIdOffset }: World, launched: Launched, vscId: bigint): VscIdView {
  const known = launched.heightOfVscId.has(vscId) || launched.arriving.includes(vscId);
  return known && !launched.overwritten.has(vscId) ? Number(vscId - vscIdOffset) : "any";
}

/** What the model says, as far as it is compared. To be asked after the chains were observed. */
export function expectedView(
  { provider, consumers }: TraceStep,
  world: World,
  forgotten: ForgottenReports,
): View {
  const running = Object.keys(provider.status).filter((name) => provider.status[name] === "running");
  const ofEach = <T, U>(
    names: readonly string[],
    of: Readonly<Record<string, T>>,
    f: (value: T | undefined) => U,
  ): Record<string, U> => Object.fromEntries(names.map((name) => [name, f(of[name])]));
  const withKeys = Object.keys(provider.status).filter(
    (name) => world.consumers.get(name)?.isDeleted !== true,
  );
  const vscIdOf = (name: string, vscId: number): VscIdView => {
    const launched = world.consumers.get(name)?.launched;
    // A file may say that a consumer runs which does not: that differs before any report of it.
    return launched === undefined ? vscId : vscIdView(world, launched, BigInt(vscId) + world.vscIdOffset);
  };
  return {
    provider: {
      height: provider.height,
      lastTime: provider.lastTime,
      runningTime: provider.runningTime,
      status: provider.status,
      powers: present(provider.powers),
      committed: present(provider.committed),
      jailedUntil: provider.jailedUntil,
      assignedKeys: ofEach(withKeys, provider.assignedKeys, (keys) => keys ?? {}),
      keyOwners: ofEach(withKeys, provider.keyOwners, (owners) => owners ?? {}),
      queueTo: ofEach(running, provider.queueTo, (queue = []) =>
        queue.map(({ vscId, validators, sentAt, timeoutAt, slashAcks }) => ({
          vscId,
          validators: present(validators),
          sentAt,
          timeoutAt,
          slashAcks,
        })),
      ),
      pendingSlashAcks: ofEach(running, provider.pendingSlashAcks, (acks) => acks ?? []),
      vscId: provider.vscId,
    },
    consumers: Object.fromEntries(
      running.flatMap((name) => {
        const state = consumers[name];
        if (state === undefined) return [];
        const report = ({ vscId, validator, downtime }: (typeof state.unsent)[number]): ReportView => ({
          vscId: vscIdOf(name, vscId),
          validator,
          downtime,
        });
        const view: ConsumerView = {
          height: state.height,
          lastTime: state.lastTime,
          runningTime: state.runningTime,
          powers: present(state.powers),
          committed: present(state.committed),
          queueToProvider: state.queueToProvider.map((packet) => ({
            ...report(packet),
            sentAt: packet.sentAt,
            timeoutAt: packet.timeoutAt,
          })),
          unsent: state.unsent.map(report),
          outstandingDowntime: state.outstandingDowntime
            .filter((validator) => !forgotten.has(name, validator))
            .sort(),
          waitingForSlashAck: state.waitingForSlashAck,
        };
        return [[name, view]];
      }),
    ),
  };
}
