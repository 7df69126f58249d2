import { parseAllowance, unusedAllowances, judge } from "../../../scripts/lib/guard/judge";
import { changeOf, guardContext, planOf } from "../../support/planned-changes";

describe("parseAllowance", () => {
  it("parts a subject from a reason, which may have colons of its own", () => {
    expect(parseAllowance("agent-profiles-dev: see ticket OPS-7: copied ")).toEqual({
      subject: "agent-profiles-dev",
      reason: "see ticket OPS-7: copied",
    });
    expect(parseAllowance("aws_kms_key.key:no table is left")).toEqual({
      subject: "aws_kms_key.key",
      reason: "no table is left",
    });
  });

  it.each(["agent-profiles-dev", ":copied", "agent profiles:copied", ""])("refuses the form %j", (text) => {
    expect(() => parseAllowance(text)).toThrow(/--allow takes <table>:<reason>/);
  });

  it.each(["agent-profiles-dev:", "agent-profiles-dev:  "])("refuses %j, which has no reason", (text) => {
    expect(() => parseAllowance(text)).toThrow('found no reason for "agent-profiles-dev"');
  });

  it("takes a reason of 200 characters, and none longer or of several lines", () => {
    expect(parseAllowance(`t:${"x".repeat(200)}`).reason).toHaveLength(200);
    expect(() => parseAllowance(`t:${"x".repeat(201)}`)).toThrow("at most 200 characters; found 201");
    expect(() => parseAllowance("t:copied\nand more")).toThrow("control characters among them");
    expect(() => parseAllowance("t:copied\u001b[2J")).toThrow("control characters among them");
  });
});

describe("judge", () => {
  const dropped = changeOf("aws_dynamodb_table", {
    action: "delete",
    before: { name: "agent-profiles-staging" },
  });
  const plan = planOf("agent-matching-tables-staging", dropped);

  it("tells the allowances that nothing was refused for", () => {
    const allowances = [
      { subject: "agent-profiles-staging", reason: "copied" },
      { subject: "agent-profile-staging", reason: "misspelt" },
    ];
    const verdict = judge(plan, guardContext({ allowances }));

    expect(verdict.permitted).toHaveLength(1);
    expect(unusedAllowances([verdict], allowances)).toEqual([allowances[1]]);
  });

  it("judges no plan as another environment's", () => {
    const other = planOf("agent-matching-tables-dev", dropped);

    expect(() => judge(other, guardContext())).toThrow(RangeError);
  });

  it("refuses nothing of an empty plan", () => {
    const empty = planOf("agent-matching-tables-staging");

    expect(judge(empty, guardContext())).toEqual({ stack: empty.stack, refusals: [], permitted: [] });
  });
});
