import type { AnalysisRequest } from "./model";
import type { RequestSummary } from "./store";

/** A request as document 004 answers it. */
export const viewOf = ({ request_id, research_data, analysis_result, overall_status }: AnalysisRequest) => ({
  request_id,
  status: { request_id, research_data, analysis_result, overall_status },
});

/** A request in a list, in the document's order of fields. */
export const summaryOf = (request: RequestSummary): RequestSummary => {
  const { request_id, research_data, created_at, updated_at, overall_status } = request;
  return { request_id, research_data, created_at, updated_at, overall_status };
};
