/** What brand processing is told from outside: models, guardrail and key, Athena, schedule, retries. */

import type { EnvironmentName } from "../../tables/naming";
import { SettingError, settingPrefix, settingReader, type Variables } from "../setting-reader";

export interface BrandProcessing {
  /** Bedrock's id of the model that the agent thinks with, or of an inference profile such as `us.<model>`. */
  readonly agentModel: string;
  /** The same, of the model that writes metadata. */
  readonly metadataModel: string;
  /** Filters what the agent and the metadata's model are told and say. */
  readonly guardrail?: Guardrail;
  /** Customer's key that encrypts the agent; AWS's own without it. */
  readonly agentKeyArn?: string;
  /** Where brands come from; without it nothing is populated on schedule. */
  readonly athena?: Athena;
  /** EventBridge Scheduler's expression; without it the schedule exists and is disabled. */
  readonly populationSchedule?: string;
  /** How often a failed brand is tried again. */
  readonly mostRetries: number;
}

export interface Guardrail {
  readonly id: string;
  readonly version: string;
}

export interface Athena {
  readonly database: string;
  readonly workgroup: string;
  /** `s3://bucket/prefix/`, for the results. */
  readonly output: string;
  /** `s3://bucket/prefix/`, where the data of both tables lie. */
  readonly data: string;
}

/** Reaches the local AWS alone, where no bucket is anyone else's. */
const localAthena: Athena = {
  database: "brands",
  workgroup: "primary",
  output: "s3://brand-processing-local/athena-results/",
  data: "s3://brand-processing-local/brands/",
};

const defaultRetries = 3;

/**
 * Reads the settings of brand processing.
 *
 * @throws SettingError when one is malformed, or contradicts or lacks another.
 */
export function loadBrandProcessing(
  name: EnvironmentName,
  region: string,
  variables: Variables,
): BrandProcessing {
  const prefix = settingPrefix(name);
  const setting = settingReader(prefix, forms, variables);
  const [guardrail, agentKeyArn] = [setting("AGENT_GUARDRAIL"), setting("AGENT_KEY_ARN")];
  if (agentKeyArn !== undefined && agentKeyArn.split(":")[3] !== region) {
    throw new SettingError(`${prefix}_AGENT_KEY_ARN must be a key in ${region}; found "${agentKeyArn}".`);
  }
  const configured = athenaOf(prefix, setting);
  const athena = configured ?? (name === "local" ? localAthena : undefined);
  const populationSchedule = setting("POPULATION_SCHEDULE");
  if (populationSchedule !== undefined && athena === undefined) {
    throw new SettingError(`${prefix}_POPULATION_SCHEDULE needs ${allOf(prefix)}: brands come from there.`);
  }
  const model = defaultModel(region);
  return {
    agentModel: setting("AGENT_MODEL") ?? model,
    metadataModel: setting("METADATA_MODEL") ?? model,
    ...(guardrail && { guardrail: guardrailOf(guardrail) }),
    ...(agentKeyArn && { agentKeyArn }),
    ...(athena && { athena }),
    ...(populationSchedule && { populationSchedule }),
    mostRetries: Number(setting("BRAND_RETRIES") ?? defaultRetries),
  };
}

/**
 * Of February 2026, and kept for a year at least (AWS: "Model lifecycle"). Later models of its maker refuse
 * sampling parameters; whether the prompts of Bedrock's agents leave them out could not be tried here. It is taken
 * only through an inference profile: within the US and the EU the data stay there, from elsewhere they go to any
 * commercial region.
 */
function defaultModel(region: string): string {
  const [area = ""] = region.split("-");
  const geography = area === "us" || area === "eu" ? area : "global";
  return `${geography}.anthropic.claude-sonnet-4-6`;
}

function guardrailOf(setting: string): Guardrail {
  const [id = "", version = ""] = setting.split(":");
  return { id, version };
}

const athenaSuffixes = ["ATHENA_DATABASE", "ATHENA_WORKGROUP", "ATHENA_OUTPUT", "ATHENA_DATA"] as const;
const allOf = (prefix: string): string =>
  athenaSuffixes
    .map((suffix) => `${prefix}_${suffix}`)
    .join(", ")
    .replace(/, (?=[^,]+$)/, " and ");

function athenaOf(prefix: string, setting: (suffix: keyof typeof forms) => string | undefined) {
  const [database, workgroup, output, data] = athenaSuffixes.map(setting);
  if (database && workgroup && output && data) {
    if (output.startsWith(data) || data.startsWith(output)) {
      // Athena would read its own results as data.
      throw new SettingError(
        `${prefix}_ATHENA_OUTPUT must lie outside of ${prefix}_ATHENA_DATA; found "${output}" and "${data}".`,
      );
    }
    return { database, workgroup, output, data };
  }
  if (database ?? workgroup ?? output ?? data) {
    throw new SettingError(`Set ${allOf(prefix)} all, or none of them.`);
  }
  return undefined;
}

/** Two letters, `apac` and `global` are geographies of inference profiles: no provider is called so. */
const model = {
  pattern:
    /^((apac|global|[a-z]{2})\.)?(?!(apac|global)\.)[a-z0-9][a-z0-9-]{2,62}\.[a-z0-9][a-z0-9.:-]{0,62}$/,
  form: "a Bedrock model or inference profile, such as us.anthropic.claude-sonnet-4-6",
};
/** A prefix of its own, so that a policy can name it; no wildcards of IAM, and no `..`, which S3 does not resolve. */
const folder = {
  pattern: /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/((?!\.{1,2}\/)[\w!.()'=+@-]+\/)+$/,
  form: "a folder of a bucket, s3://bucket/prefix/",
};
const forms = {
  AGENT_MODEL: model,
  METADATA_MODEL: model,
  // AWS: GuardrailConfiguration.
  AGENT_GUARDRAIL: {
    pattern: /^[a-z0-9]{1,64}:([1-9]\d{0,7}|DRAFT)$/,
    form: "a guardrail and its version, <id>:<version>",
  },
  AGENT_KEY_ARN: {
    pattern: /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-zA-Z-]{1,64}$/,
    form: "a KMS key's ARN, arn:aws:kms:<region>:<account>:key/<id>",
  },
  ATHENA_DATABASE: {
    pattern: /^[a-z0-9_]{1,255}$/,
    form: "a database of Glue's catalogue, in small letters",
  },
  ATHENA_WORKGROUP: { pattern: /^[a-zA-Z0-9._-]{1,128}$/, form: "a workgroup's name" },
  ATHENA_OUTPUT: folder,
  ATHENA_DATA: folder,
  POPULATION_SCHEDULE: {
    pattern: /^(rate\([1-9]\d{0,4} (minute|hour|day)s?\)|cron\(\S+( \S+){5}\))$/,
    form: "rate(<value> <unit>) or cron(<six fields>)",
  },
  BRAND_RETRIES: { pattern: /^(\d|10)$/, form: "a whole number from 0 to 10" },
};
