import pc from "picocolors";
import { describeEncryption } from "../backup/encryption";
import { count } from "../export/describe";
import type { Finding } from "../verify/finding";
import { describeSource } from "./describe";
import type { RestoredTable, RestoreResult } from "./restore-table";
import { describeSample } from "./sample";
import type { Source } from "./source";

export type Outcome = "restored" | "not in spec" | "could not check" | "would restore" | "declined";

/** Known differences are an answer, also where other things could not be looked at. */
export function judge(result: RestoreResult): Outcome {
  if (result.outcome !== "restored") return result.outcome;
  if (result.findings.some(({ tier }) => tier !== "unknown")) return "not in spec";
  return result.findings.length > 0 ? "could not check" : "restored";
}

/** For people. */
export function describeResult(result: RestoreResult, to: string): string {
  switch (result.outcome) {
    case "would restore":
      return `${result.preview}\nNothing was written: this was a dry run.`;
    case "declined":
      return "Nothing was written.";
    case "restored":
      return describeRestored(result, to);
  }
}

function describeRestored({ source, putBack, findings, items, sample }: RestoredTable, to: string): string {
  const done = putBack.length === 0 ? "nothing was missing" : putBack.join("; ");
  const verdict =
    findings.length === 0 ? pc.green("✓ in spec but for its name") : pc.red("✗ not as its spec has it:");
  return [
    `Restored ${to} from ${describeSource(source)}.`,
    `Put back: ${done}.`,
    `Items: about ${count(items, "item")}, of about ${source.items.toLocaleString("en-US")} in the source ` +
      `(AWS counts every six hours); ${describeSample(sample)}.`,
    verdict,
    ...findings.map(describeFinding),
  ].join("\n");
}

const describeFinding = ({ tier, path, expected, actual, remedy }: Finding): string =>
  `  ${tier === "declared" ? path : `${path} (${tier})`}: expected ${expected}, found ${actual}. ${remedy}`;

/** For machines. */
export function resultDocument(result: RestoreResult): object {
  switch (result.outcome) {
    case "would restore":
      return { source: sourceDocument(result.source), settings: result.settings };
    case "declined":
      return {};
    case "restored": {
      const { source, putBack, findings, items, sample } = result;
      return { source: sourceDocument(source), putBack, findings, items, sample };
    }
  }
}

const sourceDocument = (source: Source) => ({
  kind: source.kind,
  arn: source.kind === "backup" ? source.arn : source.tableArn,
  at: source.at,
  items: source.items,
  bytes: source.bytes,
  key: describeEncryption(source.encryption),
});
