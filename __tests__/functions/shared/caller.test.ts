import { callerOf } from "../../../functions/shared/caller";
import { apiEvent } from "../../support/api-event";

const eventOf = (authorizer?: object) => {
  const event = apiEvent("GET /conversations");
  return { ...event, requestContext: { ...event.requestContext, authorizer } };
};

describe("the caller", () => {
  it.each([
    ["the subject of a token", { jwt: { claims: { sub: "4f1c-user" }, scopes: null } }, "4f1c-user"],
    ["the unique id of an IAM user", { iam: { userId: "AIDACKCEVSQ6C2EXAMPLE" } }, "AIDACKCEVSQ6C2EXAMPLE"],
    [
      "a role's id with its session",
      { iam: { userId: "AROADBQP57FF2AEXAMPLE:chat" } },
      "AROADBQP57FF2AEXAMPLE:chat",
    ],
  ])("is %s", (_, authorizer, caller) => expect(callerOf(eventOf(authorizer))).toBe(caller));

  it.each([
    ["no authorizer", undefined],
    ["a token without a subject, even beside a signature", { jwt: { claims: {} }, iam: { userId: "AIDA" } }],
    ["an empty subject", { jwt: { claims: { sub: "" } } }],
    ["a subject of another form", { jwt: { claims: { sub: "two words" } } }],
    ["a subject that is no text", { jwt: { claims: { sub: 1 } } }],
  ])("is refused: %s", (_, authorizer) =>
    expect(() => callerOf(eventOf(authorizer))).toThrow(
      expect.objectContaining({ code: "unauthenticated" }) as Error,
    ),
  );
});
