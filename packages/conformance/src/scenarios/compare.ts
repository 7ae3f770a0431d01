/** Whether what was found is what was expected. */

/** A value in one fixed form: fields by name, lists in any order, all numbers alike. */
function canonical(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number") return value.toString();
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(",")}]`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([key, v]) => `${JSON.stringify(key)}:${canonical(v)}`)
      .sort()
      .join(",")}}`;
  return JSON.stringify(value) ?? "";
}

/** Whether both say the same. Lists of a scenario have no order. */
export const isSame = (expected: unknown, found: unknown): boolean =>
  canonical(expected) === canonical(found);

/** A value as reports show it: plain JSON. */
export function plainJson(value: unknown): unknown {
  if (typeof value === "bigint")
    return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
      ? Number(value)
      : value.toString();
  if (Array.isArray(value)) return value.map(plainJson);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, v]) => v !== undefined)
        .map(([key, v]) => [key, plainJson(v)]),
    );
  return value;
}

/** Of two records, the fields that differ; of other values, both. */
export function difference(expected: unknown, found: unknown): { expected: unknown; found: unknown } {
  const isRecord = (v: unknown): v is Record<string, unknown> =>
    typeof v === "object" && v !== null && !Array.isArray(v);
  if (!isRecord(expected) || !isRecord(found))
    return { expected: plainJson(expected), found: plainJson(found) };
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])].filter(
    (key) => !isSame(expected[key], found[key]),
  );
  const pick = (from: Record<string, unknown>) =>
    Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, plainJson(from[key])]));
  return { expected: pick(expected), found: pick(found) };
}
