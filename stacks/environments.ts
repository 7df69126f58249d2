/**
 * The environments, and what of each is known only where it runs: account, region, state bucket, roles that
 * others own. Those come from variables that begin with the environment's name (docs/environments.md).
 */

import { environmentNames, type EnvironmentName } from "../tables/naming";
import { loadBrandProcessing, type BrandProcessing } from "./brand-processing/settings";
import { loadPipeline, type Pipeline } from "./bootstrap/settings";
import { SettingError, settingPrefix, settingReader, type Variables } from "./setting-reader";

export { SettingError, type Variables };

export interface Environment {
  readonly name: EnvironmentName;
  /** Value of the Environment tag; document 003 spells production out. */
  readonly tag: string;
  readonly region: string;
  /** Deletion protection and prevent_destroy. */
  readonly protected: boolean;
  /** Terraform refuses any other account when it is known. */
  readonly accountId?: string;
  /** Holds the state of every stack of the environment; local files where it is not named. */
  readonly stateBucket?: string;
  readonly existingRoles: ExistingRoles;
  /** Who plans and applies beside people; no roles for it where it is not configured. */
  readonly pipeline?: Pipeline;
  /** Whose tokens the APIs accept; IAM signatures alone where it is not configured. */
  readonly jwt?: TokenIssuer;
  /** Origins whose pages may call the APIs from a browser; none, no CORS. */
  readonly corsOrigins: readonly string[];
  /** Who is written to when an alarm goes off, and when it is over. */
  readonly alarmEmails: readonly string[];
  /** How long logs are kept, in days. */
  readonly logRetentionDays: number;
  /** How long the records of audit trails are kept, in days. */
  readonly auditRetentionDays: number;
  /**
   * Whether functions reserve executions. A new account has too few to reserve any (Lambda: "Lambda quotas";
   * a hundred must stay unreserved).
   */
  readonly reservesConcurrency: boolean;
  readonly brandProcessing: BrandProcessing;
}

export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: readonly string[];
}

/** Roles of consumers outside this repository that get an access policy. */
export interface ExistingRoles {
  /** Role of the Lambda cg-production-chatbot (document 001). */
  readonly chatbot?: string;
  /** Execution role of the trade orchestrator (document 003). */
  readonly agentcore?: string;
}

export type Environments = Readonly<Record<EnvironmentName, Environment>>;

const defaultRegion = "us-east-1";

type FixedSettings = Pick<
  Environment,
  "tag" | "protected" | "logRetentionDays" | "auditRetentionDays" | "reservesConcurrency"
>;

const fixed = {
  dev: {
    tag: "development",
    protected: false,
    logRetentionDays: 14,
    auditRetentionDays: 30,
    reservesConcurrency: false,
  },
  staging: {
    tag: "staging",
    protected: true,
    logRetentionDays: 30,
    auditRetentionDays: 90,
    reservesConcurrency: true,
  },
  // A year, and some weeks to look back at it.
  prod: {
    tag: "production",
    protected: true,
    logRetentionDays: 90,
    auditRetentionDays: 400,
    reservesConcurrency: true,
  },
  local: {
    tag: "local",
    protected: false,
    logRetentionDays: 1,
    auditRetentionDays: 1,
    reservesConcurrency: true,
  },
} as const satisfies Record<EnvironmentName, FixedSettings>;

/** Value of the Environment tag in each environment. */
export const environmentTags: Readonly<Record<EnvironmentName, string>> = {
  dev: fixed.dev.tag,
  staging: fixed.staging.tag,
  prod: fixed.prod.tag,
  local: fixed.local.tag,
};

/**
 * Reads every environment's settings.
 *
 * @throws SettingError that names the variable, its form and its value when one is malformed.
 */
export function loadEnvironments(variables: Variables): Environments {
  const entries = environmentNames.map((name) => [name, loadEnvironment(name, variables)] as const);
  return Object.fromEntries(entries) as Record<EnvironmentName, Environment>;
}

function loadEnvironment(name: EnvironmentName, variables: Variables): Environment {
  const setting = settingReader(settingPrefix(name), forms, variables);
  const [accountId, stateBucket] = [setting("ACCOUNT_ID"), setting("STATE_BUCKET")];
  const [chatbot, agentcore] = [setting("CHATBOT_ROLE"), setting("AGENTCORE_ROLE")];
  const jwt = tokenIssuer(name, setting("JWT_ISSUER"), setting("JWT_AUDIENCE"));
  const corsOrigins = listed(setting("CORS_ORIGINS"));
  if (corsOrigins.length > 0 && jwt === undefined) {
    const prefix = settingPrefix(name);
    throw new SettingError(
      `${prefix}_CORS_ORIGINS needs ${prefix}_JWT_ISSUER and ${prefix}_JWT_AUDIENCE: a page calls with a token.`,
    );
  }
  const region = setting("REGION") ?? defaultRegion;
  const pipeline = loadPipeline(name, variables);
  return {
    name,
    ...fixed[name],
    region,
    ...(accountId && { accountId }),
    ...(stateBucket && { stateBucket }),
    existingRoles: { ...(chatbot && { chatbot }), ...(agentcore && { agentcore }) },
    ...(pipeline && { pipeline }),
    ...(jwt && { jwt }),
    corsOrigins,
    alarmEmails: listed(setting("ALARM_EMAILS")),
    brandProcessing: loadBrandProcessing(name, region, variables),
  };
}

/** An issuer without an audience would accept the tokens of every application of it. */
function tokenIssuer(
  name: EnvironmentName,
  issuer: string | undefined,
  audience: string | undefined,
): TokenIssuer | undefined {
  if (issuer !== undefined && audience !== undefined) return { issuer, audience: listed(audience) };
  if (issuer === undefined && audience === undefined) return undefined;
  const prefix = settingPrefix(name);
  throw new SettingError(`Set ${prefix}_JWT_ISSUER and ${prefix}_JWT_AUDIENCE both, or neither.`);
}

const listed = (names: string | undefined): readonly string[] => names?.split(",") ?? [];

const role = { pattern: /^[\w+=,.@-]{1,64}$/, form: "an IAM role's name" };
const forms = {
  ACCOUNT_ID: { pattern: /^\d{12}$/, form: "an account id of 12 digits" },
  // ARNs here are of the partition aws: China, GovCloud and the isolated regions have others.
  REGION: {
    pattern: /^(?!cn-|us-gov-|us-iso)[a-z]{2}(-[a-z]+)+-\d$/,
    form: "a region of the partition aws, such as us-east-1",
  },
  STATE_BUCKET: { pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, form: "an S3 bucket's name" },
  JWT_ISSUER: { pattern: /^https:\/\/[^\s?#]+$/, form: "the URL of a token issuer, https://…" },
  JWT_AUDIENCE: { pattern: /^[^\s,]+(,[^\s,]+)*$/, form: "client ids or audiences, by comma without spaces" },
  CORS_ORIGINS: {
    pattern: /^https?:\/\/[^\s,/*]+(,https?:\/\/[^\s,/*]+)*$/,
    form: "origins such as https://portal.example.com, by comma without spaces",
  },
  ALARM_EMAILS: {
    pattern: /^[^\s,@]+@[^\s,@]+\.[^\s,@]+(,[^\s,@]+@[^\s,@]+\.[^\s,@]+)*$/,
    form: "e-mail addresses, by comma without spaces",
  },
  CHATBOT_ROLE: role,
  AGENTCORE_ROLE: role,
};
