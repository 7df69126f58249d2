/** The policies of those who verify: what they let them do, and who can do it without them. */

import { verifyActions } from "../../../stacks/bootstrap/verify-actions";
import { verifyParts, verifyPolicy } from "../../../stacks/bootstrap/verify-policy";
import { loadSettings } from "../../../stacks/settings";
import { roleStatements, synthesizeBootstrap } from "../../support/bootstrap-stack";
import { account, actionsOf, statementsOf, withAccount } from "../../support/policies";
import { resource, type StackDocument } from "../../support/synthesis";

const environments = ["dev", "staging", "prod"] as const;
const policiesOf = (document: StackDocument) =>
  verifyParts.map((part) => resource(document, "aws_iam_policy", `verify_${part}`));
const listed = [...new Set(verifyActions.flatMap(({ actions }) => actions))].sort();

describe.each(environments)("the verifier's policies in %s", (name) => {
  const document = synthesizeBootstrap(name);
  const statements = policiesOf(document).flatMap(statementsOf);

  it("only read configuration: no item, no state, no object", () => {
    const actions = [...actionsOf(statements)];
    expect(
      actions.filter((action) => !/:(Describe|Get|List)[A-Z]\w+$|^apigateway:GET$/.test(action)),
    ).toEqual([]);
    expect(
      actions.filter((action) => /Item|Query|Scan|s3:GetObject|InvokeFunction|Records/.test(action)),
    ).toEqual([]);
  });

  it("have every action that is listed, and deny nothing", () => {
    expect([...actionsOf(statements)].sort()).toEqual(listed);
    expect(statements.filter(({ Effect }) => Effect === "Deny")).toEqual([]);
  });

  it("are what `npm run verify -- --policy` prints", () => {
    const environment = loadSettings({}).environments[name];
    expect(verifyPolicy({ environment, accountId: account }).Statement).toEqual(statements);
  });

  it("have an output", () => {
    expect(document).toHaveProperty("output.verify_policy_arns.value", [
      "${aws_iam_policy.verify_tables.arn}",
      "${aws_iam_policy.verify_services.arn}",
    ]);
  });

  it("allow nothing that the pipeline's roles, whose jobs verify, may not do as well", () => {
    for (const role of ["plan", "apply"] as const) {
      const own = roleStatements(document, role);
      const resourcesOf = (all: typeof own, action: string) =>
        all.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
      for (const action of listed) {
        expect(resourcesOf(own, action)).toEqual(expect.arrayContaining(resourcesOf(statements, action)));
      }
    }
  });

  it("are short enough for IAM with the longest names", () => {
    const longest = synthesizeBootstrap(name, { [`${name.toUpperCase()}_REGION`]: "ap-southeast-2" });
    for (const { policy } of policiesOf(longest)) {
      expect(withAccount(policy as string).replaceAll(/\s/g, "").length).toBeLessThanOrEqual(6_144);
    }
  });
});
