/** Where things lie, as seen from here: by the module's URL, which exists in whatever form the harness is loaded. */
import { fileURLToPath } from "node:url";

const below = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The `tandem` command of this checkout, a program for Node. */
export const TANDEM = below("../../../scripts/tandem.mjs");
/** The program that cleans up after a test process. */
export const WATCHDOG = below("watchdog.mjs");
