/** The policy of those who verify: what it lets them do, and who has it. */

import { verifyActions, verifyPolicy } from "../../../stacks/bootstrap/verify-policy";
import { loadSettings } from "../../../stacks/settings";
import { synthesizeBootstrap } from "../../support/bootstrap-stack";
import { account, actionsOf, statementsOf, withAccount } from "../../support/policies";
import { resource } from "../../support/synthesis";

const environments = ["dev", "staging", "prod"] as const;

describe.each(environments)("the verifier's policy in %s", (name) => {
  const document = synthesizeBootstrap(name);
  const policy = resource(document, "aws_iam_policy", "verify");

  it("only reads configuration: no item, no state, no object", () => {
    const actions = [...actionsOf(statementsOf(policy))];
    expect(actions.filter((action) => !/:(Describe|Get|List)[A-Z]|^apigateway:GET$/.test(action))).toEqual(
      [],
    );
    expect(actions.filter((action) => /Item|Query|Scan|s3:GetObject|Invoke|Records/.test(action))).toEqual(
      [],
    );
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
  });

  it("has every action that is listed, and denies nothing", () => {
    const statements = statementsOf(policy);
    const listed = verifyActions.flatMap(({ actions }) => actions);
    // A consumer's role is there only where it is set.
    expect([...actionsOf(statements)].sort()).toEqual([...new Set(listed)].sort());
    expect(statements.filter(({ Effect }) => Effect === "Deny")).toEqual([]);
  });

  it("is what `npm run verify -- --policy` prints", () => {
    const environment = loadSettings({}).environments[name];
    expect(verifyPolicy({ environment, accountId: account }).Statement).toEqual(statementsOf(policy));
  });

  it("belongs to both roles of the pipeline, whose jobs verify, and has an output", () => {
    for (const role of ["plan", "apply"]) {
      expect(resource(document, "aws_iam_role_policy_attachment", `${role}_verify`)).toMatchObject({
        policy_arn: "${aws_iam_policy.verify.arn}",
        role: `\${aws_iam_role.${role}.name}`,
      });
    }
    expect(document).toHaveProperty("output.verify_policy_arn.value", "${aws_iam_policy.verify.arn}");
  });

  it("leaves room for both roles: IAM takes ten policies a role", () => {
    const attachments = Object.keys(document.resource["aws_iam_role_policy_attachment"] ?? {});
    for (const role of ["plan_", "apply_"]) {
      expect(attachments.filter((id) => id.startsWith(role)).length).toBeLessThanOrEqual(10);
    }
  });

  it("is short enough for IAM with the longest names", () => {
    const prefix = name.toUpperCase();
    const longest = synthesizeBootstrap(name, {
      [`${prefix}_REGION`]: "ap-southeast-2",
      [`${prefix}_CHATBOT_ROLE`]: "c".repeat(64),
      [`${prefix}_AGENTCORE_ROLE`]: "a".repeat(64),
    });
    const { policy: text } = resource(longest, "aws_iam_policy", "verify");
    expect(withAccount(text as string).replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6_144);
  });
});
