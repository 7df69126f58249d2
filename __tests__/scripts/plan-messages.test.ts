import { readPlanMessages } from "../../scripts/lib/plan-messages";

const change = (resource: string, action: string) =>
  JSON.stringify({
    "@message": `${resource}: Plan to ${action}`,
    type: "planned_change",
    change: { resource: { addr: resource }, action },
  });

describe("the messages of a plan", () => {
  it("are counted by what happens to a resource; what drifted outside of Terraform is no change", () => {
    const output = [
      JSON.stringify({ "@message": "Terraform 1.11.4", type: "version" }),
      JSON.stringify({ "@message": "drift", type: "resource_drift", change: { action: "update" } }),
      change("aws_kms_key.key", "create"),
      change("aws_dynamodb_table.conversations", "create"),
      change("aws_iam_policy.DynamoDBConversationsAccess", "replace"),
      change("aws_kms_alias.key", "noop"),
    ].join("\n");
    expect(readPlanMessages(output).changes).toEqual({ create: 2, update: 0, replace: 1, delete: 0 });
  });

  it("are logged as people read them, errors with their details, and text that is no message as it is", () => {
    const output = [
      "The plugin crashed!",
      JSON.stringify({ "@message": "aws_kms_key.key: Refreshing state...", type: "refresh_start" }),
      JSON.stringify({
        "@message": "Error: Unsupported argument",
        type: "diagnostic",
        diagnostic: { severity: "error", summary: "Unsupported argument", detail: "Not expected here." },
      }),
    ].join("\n");
    expect(readPlanMessages(output).text).toBe(
      "The plugin crashed!\n" +
        "aws_kms_key.key: Refreshing state...\n" +
        "Error: Unsupported argument\n\nNot expected here.\n\n",
    );
  });
});
