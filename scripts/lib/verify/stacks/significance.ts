/** How bad a difference in a stack is, and where it is explained: by kind, and by the first part of the path. */

import type { Significance } from "../significance";
import type { SubjectKind } from "../finding";

const aws = "https://docs.aws.amazon.com";
const lambda = `${aws}/lambda/latest/dg`;
const iam = `${aws}/IAM/latest/UserGuide`;
const apis = `${aws}/apigateway/latest/developerguide`;
const deploy = "docs/runbooks/deploy.md";
const failing = `${lambda}/lambda-troubleshooting.html`;

type ByPath = Readonly<Record<string, Significance>>;

const ofFunctions: ByPath = {
  existence: { severity: "critical", ref: deploy },
  publicAccess: { severity: "critical", ref: `${lambda}/access-control-resource-based.html` },
  url: { severity: "critical", ref: `${lambda}/urls-auth.html` },
  code: { severity: "critical", ref: deploy },
  role: { severity: "critical", ref: `${lambda}/lambda-intro-execution-role.html` },
  layers: { severity: "critical", ref: `${lambda}/chapter-layers.html` },
  state: { severity: "critical", ref: `${lambda}/functions-states.html` },
  permissions: { severity: "major", ref: `${lambda}/access-control-resource-based.html` },
  variables: { severity: "major", ref: `${lambda}/configuration-envvars.html` },
  handler: { severity: "major", ref: failing },
  runtime: { severity: "major", ref: `${lambda}/lambda-runtimes.html` },
  key: { severity: "major", ref: `${lambda}/configuration-envvars-encryption.html` },
  deadLetters: { severity: "major", ref: `${lambda}/invocation-async-retain-records.html` },
  asynchronous: { severity: "major", ref: `${lambda}/invocation-async-configuring.html` },
  reservedConcurrency: { severity: "major", ref: `${lambda}/configuration-concurrency.html` },
  eventSources: { severity: "major", ref: `${lambda}/invocation-eventsourcemapping.html` },
  vpc: { severity: "major", ref: `${lambda}/configuration-vpc.html` },
};

const ofRoles: ByPath = {
  existence: { severity: "critical", ref: deploy },
  trust: { severity: "critical", ref: `${iam}/id_roles_update-role-trust-policy.html` },
  policies: { severity: "critical", ref: `${iam}/access_policies_managed-vs-inline.html` },
  attachedPolicies: { severity: "critical", ref: `${iam}/access_policies_manage-attach-detach.html` },
  permissionsBoundary: { severity: "major", ref: `${iam}/access_policies_boundaries.html` },
};

const ofAccessPolicies: ByPath = {
  existence: { severity: "critical", ref: deploy },
  document: { severity: "critical", ref: `${iam}/access_policies_managed-versioning.html` },
  attachedTo: { severity: "major", ref: `${iam}/access_policies_manage-attach-detach.html` },
};

const ofApis: ByPath = {
  existence: { severity: "critical", ref: deploy },
  openRoutes: { severity: "critical", ref: `${apis}/http-api-access-control.html` },
  routes: { severity: "major", ref: `${apis}/http-api-develop-routes.html` },
  stages: { severity: "major", ref: `${apis}/http-api-stages.html` },
  cors: { severity: "major", ref: `${apis}/http-api-cors.html` },
  endpointDisabled: { severity: "major", ref: "docs/apis.md" },
};

/** A silent alarm is a safeguard that is off; the rest of a definition decides when it goes off. */
const ofAlarms: ByPath = Object.fromEntries(
  [
    "actions",
    "actionsEnabled",
    "comparison",
    "datapoints",
    "dimensions",
    "existence",
    "metric",
    "metrics",
    "missingData",
    "namespace",
    "period",
    "periods",
    "statistic",
    "threshold",
  ].map((path) => [
    path,
    { severity: "major", ref: `${aws}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html` },
  ]),
);

const sns = `${aws}/sns/latest/dg`;
const trails = `${aws}/awscloudtrail/latest/userguide`;
const s3 = `${aws}/AmazonS3/latest/userguide`;
const kms = `${aws}/kms/latest/developerguide`;
const bedrock = `${aws}/bedrock/latest/userguide`;

export const ofStacks: Readonly<Partial<Record<SubjectKind, ByPath>>> = {
  function: ofFunctions,
  role: ofRoles,
  "access policy": ofAccessPolicies,
  api: ofApis,
  alarm: ofAlarms,
  topic: {
    existence: { severity: "major", ref: deploy },
    publicAccess: { severity: "critical", ref: `${sns}/sns-access-policy-use-cases.html` },
    policy: { severity: "major", ref: `${sns}/sns-access-policy-use-cases.html` },
    subscriptions: { severity: "major", ref: `${sns}/sns-create-subscribe-endpoint-to-topic.html` },
    key: { severity: "major", ref: `${sns}/sns-server-side-encryption.html` },
  },
  key: {
    existence: { severity: "critical", ref: `${kms}/deleting-keys.html` },
    state: { severity: "critical", ref: `${kms}/key-state.html` },
    publicAccess: { severity: "critical", ref: `${kms}/key-policies.html` },
    policy: { severity: "critical", ref: `${kms}/key-policies.html` },
    rotation: { severity: "major", ref: `${kms}/rotate-keys.html` },
  },
  queue: {
    existence: { severity: "major", ref: deploy },
    publicAccess: {
      severity: "critical",
      ref: `${aws}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html`,
    },
    policy: {
      severity: "major",
      ref: `${aws}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html`,
    },
    retention: { severity: "major", ref: deploy },
    encryption: { severity: "major", ref: deploy },
  },
  "log group": {
    existence: { severity: "major", ref: deploy },
    retention: { severity: "minor", ref: "docs/environments.md" },
  },
  workflow: {
    existence: { severity: "critical", ref: deploy },
    definition: { severity: "critical", ref: deploy },
    role: { severity: "critical", ref: deploy },
    logging: { severity: "major", ref: `${aws}/step-functions/latest/dg/cw-logs.html` },
  },
  schedule: {
    existence: { severity: "major", ref: deploy },
    state: { severity: "major", ref: deploy },
    expression: { severity: "major", ref: deploy },
    target: { severity: "critical", ref: deploy },
  },
  agent: {
    existence: { severity: "critical", ref: deploy },
    instruction: { severity: "critical", ref: `${bedrock}/agents-edit.html` },
    actions: { severity: "critical", ref: `${bedrock}/agents-action-create.html` },
    alias: { severity: "critical", ref: `${bedrock}/deploy-agent.html` },
    guardrail: { severity: "critical", ref: `${bedrock}/agents-guardrail.html` },
    role: { severity: "critical", ref: `${bedrock}/agents-permissions.html` },
    model: { severity: "major", ref: `${bedrock}/agents-edit.html` },
    status: { severity: "major", ref: deploy },
  },
  trail: {
    existence: { severity: "critical", ref: deploy },
    logging: { severity: "critical", ref: `${trails}/cloudtrail-create-and-update-a-trail.html` },
    selectors: { severity: "critical", ref: `${trails}/logging-data-events-with-cloudtrail.html` },
    bucket: { severity: "critical", ref: `${trails}/create-s3-bucket-policy-for-cloudtrail.html` },
    key: { severity: "major", ref: `${trails}/encrypting-cloudtrail-log-files-with-aws-kms.html` },
    validation: { severity: "major", ref: `${trails}/cloudtrail-log-file-validation-intro.html` },
  },
  bucket: {
    existence: { severity: "critical", ref: deploy },
    openPolicy: { severity: "critical", ref: `${s3}/access-control-block-public-access.html` },
    publicAccess: { severity: "critical", ref: `${s3}/access-control-block-public-access.html` },
    policy: { severity: "critical", ref: `${s3}/bucket-policies.html` },
    encryption: { severity: "major", ref: `${s3}/serv-side-encryption.html` },
    versioning: { severity: "major", ref: `${s3}/Versioning.html` },
    lifecycle: { severity: "major", ref: `${s3}/object-lifecycle-mgmt.html` },
    ownership: { severity: "major", ref: `${s3}/about-object-ownership.html` },
  },
};
