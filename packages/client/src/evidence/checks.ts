/** Rules that evidence must meet, and whether it does: what is told before anything is sent. */

/** One rule and whether the evidence meets it. */
export interface EvidenceCheck {
  readonly rule: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The verdict on evidence before it is sent. */
export interface EvidenceReport {
  readonly ok: boolean;
  readonly checks: readonly EvidenceCheck[];
}

/** Collects verdicts, rule by rule. */
export function createChecks() {
  const checks: EvidenceCheck[] = [];
  /** Notes whether a rule is met, and says so. */
  function check(rule: string, ok: boolean, detail: string): boolean {
    checks.push({ rule, ok, detail });
    return ok;
  }
  return {
    check,
    /** A rule that is met unless `verify` throws. */
    holds(rule: string, verify: () => unknown): boolean {
      try {
        verify();
        return check(rule, true, "verified");
      } catch (error) {
        return check(rule, false, error instanceof Error ? error.message : String(error));
      }
    },
    report: (): EvidenceReport => ({ ok: checks.every((c) => c.ok), checks: [...checks] }),
  };
}
