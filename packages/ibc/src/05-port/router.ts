/** Which application serves which port; fixed when the chain is put together (ibc-go `05-port`). */
import { assert } from "@tandem-ics/runtime";
import type { IbcApp } from "./app.ts";
import { portErrors } from "./errors.ts";

/** Routes from ports to applications. */
export interface PortRouter {
  /** Adds a route; `name` is alphanumeric. Throws InvariantError for a second route of that name. */
  add(name: string, app: IbcApp): PortRouter;
  /**
   * The application named exactly `portId`, else the first one, in alphabetic order, whose name is contained in
   * `portId`. Throws `port/5` if there is none.
   */
  route(portId: string): IbcApp;
}

/** An empty router. */
export function createPortRouter(): PortRouter {
  const routes = new Map<string, IbcApp>();
  const router: PortRouter = {
    add(name, app) {
      assert(/^[a-zA-Z0-9]+$/.test(name), `route ${name} is not alphanumeric`);
      assert(!routes.has(name), `route ${name} is registered already`);
      routes.set(name, app);
      return router;
    },
    route(portId) {
      const name = routes.has(portId) ? portId : [...routes.keys()].sort().find((n) => portId.includes(n));
      const app = name === undefined ? undefined : routes.get(name);
      if (app === undefined) throw portErrors.invalidRoute(`route not found to portID: ${portId}`);
      return app;
    },
  };
  return router;
}
