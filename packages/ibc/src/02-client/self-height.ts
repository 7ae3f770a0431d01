/** The chain's own height as counterparties know it. */
import type { Context } from "@tandem-ics/runtime";
import { type Height, makeHeight, revisionOf } from "../24-host/index.ts";

/** (revision of the own chain id, block height) (ibc-go `GetSelfHeight`). */
export const selfHeight = (ctx: Context): Height => makeHeight(revisionOf(ctx.chainId), ctx.height);
