import { addressesOf, type StateDocument } from "../../scripts/lib/state/state-document";

it("a state knows what it has, and not what a killed Terraform was about to make", () => {
  const policy = { mode: "managed", type: "aws_iam_policy" } as const;
  const state: StateDocument = {
    version: 4,
    terraform_version: "1.11.4",
    lineage: "7513fcad-7c4e-2594-bbc4-da740895dc35",
    serial: 3,
    resources: [
      { ...policy, name: "boundary", instances: [{ attributes: { id: "made" } }] },
      { ...policy, name: "plan_logs", instances: [] },
      { mode: "data", type: "aws_caller_identity", name: "caller", instances: [{}] },
    ],
  };
  expect([...addressesOf(state)]).toEqual(["aws_iam_policy.boundary"]);
});
