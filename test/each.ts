/**
 * `describe.each` and `test.each` for tables that may be empty: a directory of test data may hold only some kinds. What
 * is not there is skipped by name, never silently.
 */

const NOTHING = "no such data in this directory";

/** `describe.each`, which skips an empty table. */
export const describeEach = ((table: readonly unknown[]) =>
  table.length > 0
    ? describe.each(table as never)
    : (name: string) =>
        describe.skip(name, () => {
          test(NOTHING, () => {});
        })) as unknown as typeof describe.each;

/** `test.each`, which skips an empty table. */
export const testEach = ((table: readonly unknown[]) =>
  table.length > 0
    ? test.each(table as never)
    : (name: string) => test.skip(`${name}: ${NOTHING}`, () => {})) as unknown as typeof test.each;

/** A test that data is there: for the data that travels with the project; a directory of one's own may lack kinds. */
export const presenceTest: typeof test =
  process.env["VECTORS_DIR"] === undefined && process.env["GOLDEN_DIR"] === undefined
    ? test
    : (test.skip as unknown as typeof test);
