/** Parameters of the running consumer. */
import { type ConsumerParams, durationToNs } from "@tandem-ics/proto";
import type { Context } from "@tandem-ics/runtime";
import * as state from "./state.ts";

/** Parameters in force. */
export const consumerParams = (ctx: Context): ConsumerParams => state.params.require(ctx);

/** Replaces some parameters. */
export const changeParams = (ctx: Context, changes: Partial<ConsumerParams>): void =>
  state.params.set(ctx, { ...consumerParams(ctx), ...changes });

/** Lifetime of packets to the provider, in nanoseconds. */
export const ccvTimeoutNs = (ctx: Context): bigint => durationToNs(consumerParams(ctx).ccvTimeoutPeriod);

/** Wait before a bounced slash packet is sent again, in nanoseconds. */
export const retryDelayNs = (ctx: Context): bigint => durationToNs(consumerParams(ctx).retryDelayPeriod);
