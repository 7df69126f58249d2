import { stepNames, type AnalysisRequest, type Step, type StepName } from "./model";
import type { RequestSummary } from "./store";

/**
 * A request as document 004 answers it: in its order, whatever order DynamoDB gives maps in, so that one state
 * has one text, and one ETag.
 */
export function viewOf(request: AnalysisRequest) {
  const { request_id, research_data, analysis_result, overall_status } = request;
  const steps = Object.fromEntries(
    stepNames.map((name) => [name, stepView(analysis_result.steps_status[name])]),
  );
  return {
    request_id,
    status: {
      request_id,
      research_data,
      analysis_result: {
        result_data: analysis_result.result_data,
        steps_status: steps as Record<StepName, Step>,
      },
      overall_status,
    },
  };
}

const stepView = ({ status, message, started_at, completed_at }: Step) => ({
  status,
  message,
  started_at,
  completed_at,
});

/** A request in a list, in the document's order of fields. */
export const summaryOf = (request: RequestSummary): RequestSummary => {
  const { request_id, research_data, created_at, updated_at, overall_status } = request;
  return { request_id, research_data, created_at, updated_at, overall_status };
};
