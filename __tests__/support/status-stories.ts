/** The documents' own examples, as their status APIs answer. */

const pending = (message: string) => ({ status: "pending", message, started_at: null, completed_at: null });

const done = (message: string, minute: number) => ({
  status: "completed",
  message,
  started_at: `2024-01-15T10:${minute}:46Z`,
  completed_at: `2024-01-15T10:${minute + 1}:00Z`,
});

/** Document 004, "Data Structure". */
const documentedSteps = {
  chunking: {
    status: "completed",
    message: "Successfully created 15 chunks",
    started_at: "2024-01-15T10:30:00Z",
    completed_at: "2024-01-15T10:30:45Z",
  },
  inferring: {
    status: "processing",
    message: "Starting to infer meanings from chunks",
    started_at: "2024-01-15T10:30:46Z",
    completed_at: null,
  },
  relating: pending("Waiting for inference to complete"),
  explaining: pending("Waiting for pattern analysis to complete"),
  activating: pending("Waiting for explanation to complete"),
};

function analysis(requestId: string, overall: string, steps: object) {
  return {
    request_id: requestId,
    status: {
      request_id: requestId,
      research_data: "s3://bucket/research-data/interview.txt",
      analysis_result: { result_data: "", steps_status: steps },
      overall_status: overall,
    },
  };
}

const inferred = { ...documentedSteps, inferring: done("Inferred 42 meanings", 30) };

/** The answers for one request, from the document's moment on. */
export const analysisAnswers = {
  processing: (id = "analysis_abc123") => analysis(id, "processing", documentedSteps),
  /** Document 004, "Get Analysis Status": only the first step has been written. */
  started: (id = "analysis_abc123") => analysis(id, "processing", { chunking: documentedSteps.chunking }),
  completed: (id = "analysis_abc123") =>
    analysis(id, "completed", {
      ...inferred,
      relating: done("Found 7 patterns", 31),
      explaining: done("Generated 5 insights", 32),
      activating: done("Created 3 principles", 33),
    }),
  failed: (id = "analysis_abc123", message = "The model timed out") =>
    analysis(id, "failed", {
      ...inferred,
      relating: { ...done(message, 31), status: "failed" },
    }),
};

const sessionId = "test-session-123";
const tokenUsage = { inputTokens: 11689, outputTokens: 2480, totalTokens: 14169 };
const waiting = { status: "pending" };

/** A session of document 003: its agents' durations and tokens are the document's. */
export const sessionAnswers = {
  initializing: {
    sessionId,
    correlationId: "test-corr-123",
    overallStatus: "initializing",
    pdfAdapter: waiting,
    tradeExtraction: waiting,
    tradeMatching: waiting,
    exceptionManagement: waiting,
    totalTokenUsage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 },
    totalDuration: 0,
    createdAt: "2025-12-24T12:00:00Z",
  },
  get completed() {
    const pdfAdapter = {
      status: "success",
      activity: "Text extracted from the PDF",
      startedAt: "2025-12-24T12:00:00.000Z",
      completedAt: "2025-12-24T12:00:17.095Z",
      duration: 17.095,
      tokenUsage,
    };
    const skipped = { status: "success", activity: "Nothing to do" };
    return {
      ...this.initializing,
      overallStatus: "completed",
      pdfAdapter,
      tradeExtraction: skipped,
      tradeMatching: skipped,
      exceptionManagement: skipped,
      totalTokenUsage: tokenUsage,
      totalDuration: 17.095,
      lastUpdated: "2025-12-24T12:00:18Z",
    };
  },
};
