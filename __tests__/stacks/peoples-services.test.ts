/** The services that people use, as production has them. */

import { grantsOf, production, routesOf, tokens } from "../support/services";
import { resource, statements, synthesize, type StackDocument } from "../support/synthesis";

describe("agent-matching-services", () => {
  const document = production("agent-matching");
  const account = "${data.aws_caller_identity.caller.account_id}";
  const table = (name: string) => `arn:aws:dynamodb:us-east-1:${account}:table/${name}`;
  const tableGrants = (functionId: string) =>
    grantsOf(document, functionId)
      .filter(({ Sid }) => Sid.startsWith("Agent") && !Sid.endsWith("Key"))
      .map(({ Action, Resource }) => ({ Action, Resource }));

  it("serves document 002's seven endpoints", () => {
    expect(Object.keys(routesOf(document)).sort()).toEqual([
      "GET /agent/{id}/conversations",
      "GET /conversation/{id}",
      "GET /list",
      "GET /retrieve/{id}",
      "POST /conversation",
      "POST /match",
      "POST /store",
    ]);
  });

  it("gives both functions document 002's variables; AWS_REGION is Lambda's own", () => {
    for (const id of ["read", "write"]) {
      expect(resource(document, "aws_lambda_function", id)["environment"]).toEqual({
        variables: {
          POWERTOOLS_SERVICE_NAME: `agent-matching-${id}`,
          PROFILE_TABLE_NAME: "agent-profiles",
          CONVERSATION_TABLE_NAME: "agent-conversations",
        },
      });
    }
  });

  it("lets the reader read both tables, and query their indexes by name", () => {
    expect(tableGrants("read")).toEqual([
      { Action: ["dynamodb:GetItem", "dynamodb:Scan"], Resource: [table("agent-profiles")] },
      {
        Action: ["dynamodb:Query"],
        Resource: [table("agent-profiles/index/job-index"), table("agent-profiles/index/location-index")],
      },
      { Action: ["dynamodb:Query"], Resource: [table("agent-conversations")] },
      {
        Action: ["dynamodb:Query"],
        Resource: [table("agent-conversations/index/agent-conversations-index")],
      },
    ]);
  });

  it("lets the writer put items, and look for a free time in a conversation", () => {
    expect(tableGrants("write")).toEqual([
      { Action: ["dynamodb:PutItem"], Resource: [table("agent-profiles")] },
      { Action: ["dynamodb:Query", "dynamodb:PutItem"], Resource: [table("agent-conversations")] },
    ]);
  });

  it("has a policy for callers that sign, unless all of them take tokens", () => {
    const name = "agent_matching_api_access";
    const [call] = statements(resource(document, "aws_iam_policy", name));
    expect(call?.Resource).toHaveLength(7);
    expect(call?.Resource).toContain("${aws_apigatewayv2_api.api.execution_arn}/*/POST/match");
    const withTokens = synthesize("agent-matching-services-dev", tokens);
    expect(withTokens.resource["aws_iam_policy"]).toBeUndefined();
    expect(new Set(Object.values(routesOf(withTokens)))).toEqual(new Set(["JWT"]));
  });
});

describe("conversations-services", () => {
  const document = production("conversations");
  const account = "${data.aws_caller_identity.caller.account_id}";
  const table = `arn:aws:dynamodb:us-east-1:${account}:table/cg-chatbot-conversations`;
  const grants = (id: string) =>
    grantsOf(document, id).filter(({ Sid }) => Sid.startsWith("Conversations") && !Sid.endsWith("Key"));

  it("lets the reader read and query, the writer write, and neither scan", () => {
    expect(grants("read")).toMatchObject([
      { Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: [table] },
      { Action: ["dynamodb:Query"], Resource: [`${table}/index/user_id-created_at-index`] },
    ]);
    expect(grants("write")).toMatchObject([
      {
        Action: ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"].map(
          (action) => `dynamodb:${action}`,
        ),
        Resource: [table],
      },
    ]);
    expect(JSON.stringify(document)).not.toContain("Scan");
  });

  it("has a policy for callers that sign, and none where all come with tokens", () => {
    const policies = (of: StackDocument) => Object.keys(of.resource["aws_iam_policy"] ?? {});
    expect(policies(document)).toEqual(["ConversationsApiAccess"]);
    expect(policies(synthesize("conversations-services-dev", tokens))).toEqual([]);
  });
});
