import type { Gateway } from "./start-gateway";
import { localToken } from "./token";

const exampleUser = "demo";

/** What people have to know of a running gateway: where it is, what it serves, and what it does not check. */
export function describeGateway({ url, routes, log }: Gateway): readonly string[] {
  if (routes.length === 0) return [`The HTTP APIs are on ${url}; no synthesized stack has one.`];
  const width = Math.max(...routes.map(({ key }) => key.length));
  const jwt = routes.find(({ authorization }) => authorization.type === "JWT");
  return [
    `The HTTP APIs are on ${url}:`,
    ...routes.map(
      ({ key, authorization, stack }) => `  ${key.padEnd(width)}  ${authorization.type.padEnd(7)}  ${stack}`,
    ),
    ...(routes.some(({ authorization }) => authorization.type === "AWS_IAM")
      ? ["AWS_IAM is not checked here: requests need no signature, and every caller is the account itself."]
      : []),
    ...(jwt?.authorization.type === "JWT"
      ? [
          "Tokens must be whole, unexpired and meant for the API, but their signatures are not checked here.",
          `A token of the user "${exampleUser}", for a day:`,
          `  curl -H "Authorization: Bearer ${localToken(exampleUser, jwt.authorization)}" ${url}…`,
        ]
      : []),
    `What the functions print is in ${log}.`,
  ];
}
