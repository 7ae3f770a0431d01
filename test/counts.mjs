// A jest reporter: where TEST_COUNTS names a file, it gets the numbers of passed, failed and skipped tests. A suite that
// could not be loaded counts as a failed test.
import { writeFileSync } from "node:fs";

/** Writes the counts. */
export default class Counts {
  onRunComplete(_, results) {
    const file = process.env["TEST_COUNTS"];
    if (!file) return;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    writeFileSync(file, `${results.numPassedTests} ${failed} ${results.numPendingTests}\n`);
  }
}
