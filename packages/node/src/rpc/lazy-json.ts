/** JSON that is built at most once, as a value for callers in this process and as text for all others. */
import { goJsonText, type JsonValue } from "@tandem-ics/comet";

/** A JSON value not yet built. */
export interface LazyJson {
  /** Shared: must not be changed. */
  value(): JsonValue;
  /** Text with Go's escapes. */
  text(): string;
}

/** Builds with `make` when first asked. */
export function lazyJson(make: () => JsonValue): LazyJson {
  let value: JsonValue | undefined;
  let text: string | undefined;
  const build = (): JsonValue => {
    value ??= make();
    return value;
  };
  return {
    value: build,
    text: () => {
      text ??= goJsonText(build());
      return text;
    },
  };
}
