/** A page that lists the routes of the gateway. Plain HTML: no script, nothing from elsewhere. */
import type { Route } from "./routes.ts";

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A path without variables can be followed; the others are text. */
const entry = ({ verb, template, variables }: Route): string => {
  const shown = escapeHtml(template);
  const target = verb === "GET" && variables.length === 0 ? `<a href="${shown}">${shown}</a>` : shown;
  return `<li><code>${verb} ${target}</code></li>`;
};

/** The page of a chain. */
export function routesPage(chainId: string, routes: readonly Route[]): string {
  const services = new Map<string, Route[]>();
  for (const route of routes) {
    const list = services.get(route.method.service);
    if (list === undefined) services.set(route.method.service, [route]);
    else list.push(route);
  }
  const sections = [...services].map(
    ([service, list]) => `<h2>${escapeHtml(service)}</h2>\n<ul>\n${list.map(entry).join("\n")}\n</ul>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(chainId)}: REST</title></head>
<body>
<h1>${escapeHtml(chainId)}: REST</h1>
<p>The same as <a href="/openapi.json">OpenAPI document</a>.</p>
${sections.join("\n")}
</body>
</html>
`;
}
