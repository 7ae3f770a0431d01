/** In which order modules act in each hook. State-breaking. */
import { assert } from "../errors.ts";
import type { AppModule } from "../module.ts";

/** Module names by hook. Modules that are not named act after the named ones, in the order of the module list. */
export interface ModuleOrder {
  readonly preBlock?: readonly string[];
  readonly beginBlock?: readonly string[];
  readonly endBlock?: readonly string[];
  readonly initGenesis?: readonly string[];
}

/** The modules that have `hook`, in order. */
export function modulesInOrder<H extends keyof ModuleOrder & keyof AppModule>(
  modules: readonly AppModule[],
  hook: H,
  order: ModuleOrder = {},
): (AppModule & Required<Pick<AppModule, H>>)[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  assert(byName.size === modules.length, "two modules have the same name");
  const first = (order[hook] ?? []).map((name) => {
    const module = byName.get(name);
    assert(module !== undefined, `${hook} names a module that the application lacks: ${name}`);
    return module;
  });
  const named = new Set(first);
  assert(named.size === first.length, `${hook} names a module twice`);
  return [...first, ...modules.filter((module) => !named.has(module))].filter(
    (module): module is AppModule & Required<Pick<AppModule, H>> => module[hook] !== undefined,
  );
}
