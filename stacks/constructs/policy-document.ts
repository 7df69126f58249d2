import type { Statement } from "./table-statements";

/** A policy of IAM as the API takes it; trust policies name principals, which Statement has none of. */
export const policyDocument = (statements: readonly (Statement | TrustStatement)[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

export interface TrustStatement {
  readonly Effect: "Allow";
  readonly Action: readonly ["sts:AssumeRole"];
  readonly Principal: { readonly Service: string };
  readonly Condition?: Statement["Condition"];
}

/** X-Ray has no resources for these (AWS: "Actions, resources, and condition keys for AWS X-Ray"). */
export const writeTraces: Statement = {
  Sid: "WriteTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: ["*"],
};
