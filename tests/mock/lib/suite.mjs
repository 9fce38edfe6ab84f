// The named checks, and what came of each.
import { NotApplicable } from "./subject.mjs";

export class Suite {
  checks = [];

  // `clause` is what demands it. A peer's legitimate difference is a reason by its name: { "oidc-provider": "..." }.
  group(area) {
    return (name, clause, run, notFor = {}) => {
      if (this.checks.some((check) => check.name === name)) throw new Error(`two checks are named "${name}"`);
      this.checks.push({ area, name, clause, run, notFor });
    };
  }

  async #outcome({ run, notFor }, subject, label) {
    if (notFor[label]) return { result: "not applicable", reason: notFor[label] };
    try {
      await run(subject);
      return { result: "passed" };
    } catch (error) {
      if (error instanceof NotApplicable) return { result: "not applicable", reason: error.message };
      return { result: "failed", reason: String(error?.message ?? error), error };
    }
  }

  // Of these areas alone.
  within(areas) {
    return Object.assign(new Suite(), { checks: this.checks.filter(({ area }) => areas.includes(area)) });
  }

  // The outcomes by name of check, in order.
  async run(subject, label) {
    const outcomes = new Map();
    for (const check of this.checks) outcomes.set(check.name, await this.#outcome(check, subject, label));
    return outcomes;
  }
}

export function countOf(outcomes) {
  const counts = { passed: 0, failed: 0, "not applicable": 0 };
  for (const { result } of outcomes.values()) ++counts[result];
  return counts;
}
