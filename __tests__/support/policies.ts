/** Policies of IAM, judged as IAM does: an asterisk stands for any text. */

import type { Block, StackDocument } from "./synthesis";

export interface JudgedStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const account = "123456789012";

/** The statements of a policy, with the account in place of Terraform's reference to it. */
export const statementsOf = ({ policy }: Block): readonly JudgedStatement[] =>
  (JSON.parse(withAccount(policy as string)) as { readonly Statement: readonly JudgedStatement[] }).Statement;

export const withAccount = (text: string): string =>
  text.replaceAll("${data.aws_caller_identity.caller.account_id}", account);

const listed = (value: string | readonly string[]): readonly string[] => [value].flat();

export function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}

/** Whether statements allow a call, whatever their conditions ask beside that. */
export function allows(statements: readonly JudgedStatement[], action: string, resource: string): boolean {
  const about = (effect: "Allow" | "Deny") =>
    statements.some(
      ({ Effect, Action, Resource }) =>
        Effect === effect &&
        listed(Action).some((one) => matches(one, action)) &&
        listed(Resource).some((one) => matches(one, resource)),
    );
  return about("Allow") && !about("Deny");
}

/** Every action that statements allow, on whatever. */
export const actionsOf = (statements: readonly JudgedStatement[]): ReadonlySet<string> =>
  new Set(statements.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => listed(Action)));

/** ARNs of a stack's resources in place of Terraform's references to them. */
export function resolved(text: string, { resource }: StackDocument, region = "us-east-1"): string {
  const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
  return withAccount(text).replaceAll(/\$\{(aws_\w+)\.([\w-]+)\.arn\}/g, (_, type: string, id: string) => {
    const { name, function_name } = resource[type]?.[id] ?? {};
    switch (type) {
      case "aws_lambda_function":
        return arn("lambda", `function:${String(function_name)}`);
      case "aws_cloudwatch_log_group":
        return arn("logs", `log-group:${String(name)}`);
      case "aws_sqs_queue":
        return arn("sqs", String(name));
      default:
        throw new Error(`No ARN is known here for ${type}.${id}`);
    }
  });
}
