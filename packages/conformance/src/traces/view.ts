/** The part of a model's state that is compared with real chains, in one form for both. */
import type { ForgottenReports } from "./forgotten-reports.ts";
import type { TraceStep } from "./trace.ts";
import type { Launched, World } from "./world.ts";

/** Where a consumer stands: both ways to end are one to a chain. */
export type StatusView = "not consumer" | "running" | "over";

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
  readonly timeoutAt: number;
}

/** A VSC packet on its way. */
export interface VscView {
  readonly vscId: number;
  /** The set that the consumer has with it. */
  readonly validators: Readonly<Record<string, number>>;
  readonly timeoutAt: number;
  readonly slashAcks: readonly string[];
}

/** The provider. Maps by consumer have the running ones only. */
export interface ProviderView {
  readonly lastTime: number;
  readonly runningTime: number;
  readonly status: Readonly<Record<string, StatusView>>;
  readonly powers: Readonly<Record<string, number>>;
  readonly jailedUntil: Readonly<Record<string, number>>;
  readonly assignedKeys: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly keyOwners: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly queueTo: Readonly<Record<string, readonly VscView[]>>;
}

/** A running consumer. */
export interface ConsumerView {
  readonly lastTime: number;
  readonly runningTime: number;
  readonly powers: Readonly<Record<string, number>>;
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

const mapValues = <T, U>(
  of: Readonly<Record<string, T>>,
  f: (value: T, name: string) => U,
): Record<string, U> => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, f(value, name)]));

/** How a report's id is compared; `vscId` counts as the chains do. */
export function vscIdView({ vscIdOffset }: World, launched: Launched, vscId: bigint): VscIdView {
  const known = launched.heightOfVscId.has(vscId) || launched.arriving.includes(vscId);
  return known && !launched.overwritten.has(vscId) ? Number(vscId - vscIdOffset) : "any";
}

/** What the model says, as far as it is compared. */
export function expectedView(
  { provider, consumers }: TraceStep,
  world: World,
  forgotten: ForgottenReports,
): View {
  const running = Object.keys(provider.status).filter((name) => provider.status[name] === "running");
  const ofRunning = <T, U>(
    of: Readonly<Record<string, T>>,
    f: (value: T | undefined) => U,
  ): Record<string, U> => Object.fromEntries(running.map((name) => [name, f(of[name])]));
  const launchedOf = (name: string): Launched => world.consumers.get(name)!.launched!;
  return {
    provider: {
      lastTime: provider.lastTime,
      runningTime: provider.runningTime,
      status: mapValues(provider.status, (status) =>
        status === "stopped" || status === "timedout" ? "over" : status,
      ),
      powers: present(provider.powers),
      jailedUntil: provider.jailedUntil,
      assignedKeys: ofRunning(provider.assignedKeys, (keys) => keys ?? {}),
      keyOwners: ofRunning(provider.keyOwners, (owners) => owners ?? {}),
      queueTo: ofRunning(provider.queueTo, (queue = []) =>
        queue.map(({ vscId, validators, timeoutAt, slashAcks }) => ({
          vscId,
          validators: present(validators),
          timeoutAt,
          slashAcks,
        })),
      ),
    },
    consumers: Object.fromEntries(
      running.flatMap((name) => {
        const state = consumers[name];
        if (state === undefined) return [];
        const report = ({ vscId, validator, downtime }: (typeof state.unsent)[number]): ReportView => ({
          vscId: vscIdView(world, launchedOf(name), BigInt(vscId) + world.vscIdOffset),
          validator,
          downtime,
        });
        const view: ConsumerView = {
          lastTime: state.lastTime,
          runningTime: state.runningTime,
          powers: present(state.powers),
          queueToProvider: state.queueToProvider.map((packet) => ({
            ...report(packet),
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
