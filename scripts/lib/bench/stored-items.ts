/** Sessions and analyses as the functions store them: made by the functions' own models. */

import {
  completeStep,
  failStep,
  newRequest,
  startStep,
  stepNames,
  type AnalysisRequest,
} from "../../../functions/design-analysis/model";
import type { Decision } from "../../../functions/shared/versioned-table";
import { agentNames, endAgent, newSession, startAgent } from "../../../functions/trade-status/model";

export const particulars = (id: string) => ({
  sessionId: id,
  correlationId: `correlation-${id}`,
  documentId: `s3://bucket/BANK/${id}.pdf`,
  sourceType: "BANK" as const,
});

export const activity = "Extracting text from the confirmation";
export const tokenUsage = { inputTokens: 11_689, outputTokens: 2_480, totalTokens: 14_169 };

export const research_data = "s3://bucket/research-data/interview.txt";
export const resultOf = (step: string) =>
  step === stepNames.at(-1) ? { result_data: "s3://bucket/results/principles.json" } : {};

export const storedSessions = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, number) => storedSession(number));

export const storedAnalyses = (count: number): readonly object[] =>
  Array.from({ length: count }, (_, number) => storedAnalysis(number));

export const sessionId = (number: number) => `stored-${number}`;
export const requestId = (number: number) => `stored_${number}`;

/** As it lies in the table when two agents have ended and the third is at work. */
function storedSession(number: number): object {
  const now = new Date();
  const [first, second, third] = agentNames;
  let session = newSession(particulars(sessionId(number)), now);
  for (const agent of [first, second]) {
    session = changed(session, startAgent(session, { agent, activity }, now));
    session = changed(session, endAgent(session, { agent, tokenUsage, duration: 17.095 }, now));
  }
  session = changed(session, startAgent(session, { agent: third, activity }, now));
  return { ...session, lastUpdated: now.toISOString() };
}

/** Pending, processing, failed and completed ones in turn, a minute apart. */
function storedAnalysis(number: number): object {
  const now = new Date(Date.now() - number * 60_000);
  const request = newRequest({ request_id: requestId(number), research_data }, now);
  const started = changed(request, startStep(request, { step: stepNames[0] }, now));
  const failed = changed(
    started,
    failStep(started, { step: stepNames[0], message: "The model timed out" }, now),
  );
  return [request, started, failed, completed(request, now)][number % 4] ?? request;
}

const completed = (request: AnalysisRequest, now: Date): AnalysisRequest =>
  stepNames.reduce((before, step) => {
    const started = changed(before, startStep(before, { step }, now));
    return changed(started, completeStep(started, { step, ...resultOf(step) }, now));
  }, request);

const changed = <Item extends object>(item: Item, decision: Decision<Item>): Item => ({
  ...item,
  ...decision,
});
