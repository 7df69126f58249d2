/** What a brand keeps of Step Functions' error output: what failed and why, without a stack trace. */

import * as v from "valibot";
import { boundedText } from "../shared/bounded-text";
import { withoutHiddenText } from "../shared/hidden-text";
import type { ErrorOutput } from "./workflow-calls";

/** Bytes of each part; the rest is in the execution's history. */
const longest = { error: 100, cause: 500 } as const;

/** A Lambda function's failure as Lambda reports it; the trace is left out. */
const lambdaFailure = v.pipe(v.string(), v.parseJson(), v.object({ errorMessage: v.string() }));

/** Such as `AnswerRefused: The model's answer is not JSON.` */
export function failureText({ Error: error, Cause: cause = "" }: ErrorOutput): string {
  const failure = v.safeParse(lambdaFailure, cause);
  const why = firstLine(failure.success ? failure.output.errorMessage : plainText(cause), longest.cause);
  const what = firstLine(error, longest.error) || "Error";
  // States.Timeout has its own name for a cause.
  return why === "" || why === what ? what : `${what}: ${why}`;
}

/** A cause that is JSON of another form says nothing to people. */
const plainText = (cause: string): string => (/^\s*[[{]/.test(cause) ? "" : cause);

function firstLine(text: string, limitBytes: number): string {
  const [line = ""] = text.trim().split(/[\r\n\u2028\u2029]/, 1);
  return boundedText(withoutHiddenText(line, " ").trim(), limitBytes);
}
