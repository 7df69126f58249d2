/** What the jobs of a run have left for the one that reports: a folder an environment, `<prefix>-<environment>`. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReviewedPlans } from "../deploy/reviewed-record";
import type { Finding } from "../verify/finding";
import type { PipelineEnvironment } from "./environment-settings";

/** How a command ended (docs/architecture.md, "Scripts"); `undefined` when its job did not come to it. */
export type Code = 0 | 1 | 2 | undefined;

export interface Report {
  readonly environment: PipelineEnvironment;
  /** Of the plan: 1 when the guard refuses it. */
  readonly plan: Code;
  /** Of the comparison of what is deployed with what is declared, where the run makes one. */
  readonly verify: Code;
  /** Markdown of the plan. */
  readonly summary?: string;
  /** Stacks whose plan is not empty. */
  readonly changed: readonly string[];
  /** `npm run verify -- --json`. */
  readonly findings: readonly Finding[];
  /** The last lines on stderr. */
  readonly errors: string;
}

interface EndedDocument {
  readonly plan?: number;
  readonly verify?: number;
}

type PlansDocument = Pick<ReviewedPlans, "stacks">;

interface VerifyDocument {
  readonly reports?: readonly { readonly findings: readonly Finding[] }[];
}

/** One that is missing or unreadable reads as a job that did not come to it. */
export function readReport(folder: string, environment: PipelineEnvironment): Report {
  const ended = json(join(folder, "outcome.json")) as EndedDocument | undefined;
  const plans = json(join(folder, "plans.json")) as PlansDocument | undefined;
  const verified = json(join(folder, "verify.json")) as VerifyDocument | undefined;
  const summary = text(join(folder, "summary.md"));
  return {
    environment,
    plan: codeOf(ended?.plan),
    verify: codeOf(ended?.verify),
    ...(summary !== undefined && { summary }),
    changed: (plans?.stacks ?? []).filter(({ isEmpty }) => !isEmpty).map(({ stack }) => stack),
    findings: (verified?.reports ?? []).flatMap(({ findings }) => findings),
    errors: lastLines(text(join(folder, "errors.txt")) ?? ""),
  };
}

/** The reason of a failure stands at its end. */
const mostLines = 20;

/** Annotations, which are for the job's page and say what the findings say, are left out. */
const lastLines = (errors: string): string =>
  errors
    .trim()
    .split("\n")
    .filter((line) => !/^::(error|warning) /.test(line))
    .slice(-mostLines)
    .join("\n");

/** A signal's code, or one of a shell, is no answer either. */
function codeOf(code: number | undefined): Code {
  if (code === undefined) return undefined;
  return code === 0 || code === 1 ? code : 2;
}

const text = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, "utf8") : undefined;

function json(file: string): unknown {
  try {
    return JSON.parse(text(file) ?? "");
  } catch {
    return undefined;
  }
}
