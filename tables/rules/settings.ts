import { streamViews } from "../table-spec";
import type { Candidate, Problem } from "./rule";

/** AWS: UpdateContinuousBackups, RecoveryPeriodInDays. */
const recoveryRange = { min: 1, max: 35 };
const keyArn = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

export function* streamHasAView({ stream }: Candidate): Iterable<Problem> {
  if (stream !== undefined && !streamViews.includes(stream)) {
    yield {
      rule: "stream-view",
      limit: `a stream names one of ${streamViews.join(", ")}`,
      value: JSON.stringify(stream),
      remedy: "Name the view that the consumers read.",
    };
  }
}

export function* recoveryPeriodIsAllowed({ recoveryDays }: Candidate): Iterable<Problem> {
  if (
    !Number.isInteger(recoveryDays) ||
    recoveryDays < recoveryRange.min ||
    recoveryDays > recoveryRange.max
  ) {
    yield {
      rule: "recovery-period",
      limit: `point-in-time recovery reaches back ${recoveryRange.min} to ${recoveryRange.max} days`,
      value: `${recoveryDays}`,
      remedy: "Leave recoveryDays out for the full 35 days.",
    };
  }
}

/** An alias would be read back as the key that it points to, a difference in every plan. */
export function* keysAreNamedByArn({ keyArns, replicas }: Candidate): Iterable<Problem> {
  for (const [environment, arn] of Object.entries(keyArns)) {
    yield* keyProblems(arn, `keyArns.${environment}`);
  }
  for (const { region, keyArns: replicaKeys } of replicas) {
    const entries = Object.entries(replicaKeys ?? {});
    if (entries.length === 0) yield keyProblem("replica-key", "no key", `replica in ${region}`);
    for (const [environment, arn] of entries) {
      yield* keyProblems(arn, `replica in ${region}, keyArns.${environment}`, region);
    }
  }
}

function* keyProblems(arn: string, where: string, region?: string): Iterable<Problem> {
  const keyRegion = keyArn.exec(arn)?.[1];
  if (/(^|:)alias\//.test(arn)) {
    yield keyProblem("kms-alias", `the alias "${arn}"`, where);
  } else if (keyRegion === undefined) {
    yield keyProblem("kms-key-arn", `"${arn}"`, where);
  } else if (region !== undefined && keyRegion !== region) {
    yield keyProblem("kms-key-region", `a key of ${keyRegion}`, where);
  }
}

const keyProblem = (rule: string, value: string, where: string): Problem => ({
  rule,
  limit: "a key is named by its ARN, arn:aws:kms:<region>:<account>:key/<id>, in the table's region",
  value: `${value} (${where})`,
  remedy: "Take the KeyArn that `aws kms describe-key` prints.",
});

/** AWS: "Global tables": replication reads the table's stream. */
export function* replicasNeedAFullStream({ replicas, stream }: Candidate): Iterable<Problem> {
  if (replicas.length > 0 && stream !== "NEW_AND_OLD_IMAGES") {
    yield {
      rule: "replica-stream",
      limit: "a replicated table streams NEW_AND_OLD_IMAGES",
      value: stream ?? "no stream",
      remedy: 'Set stream: "NEW_AND_OLD_IMAGES".',
    };
  }
  const regions = replicas.map(({ region }) => region);
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) {
    yield {
      rule: "replica-region-twice",
      limit: "one replica a region",
      value: twice,
      remedy: "Drop one of the two.",
    };
  }
}
