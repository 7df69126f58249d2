import type { Route } from "./api";
import type { Gateway } from "./start-gateway";
import { localToken } from "./token";

const exampleUser = "demo";

/** What people have to know of a running gateway: where it is, what it serves, and what it does not check. */
export function describeGateway({ url, routes, log }: Gateway): readonly string[] {
  if (routes.length === 0) return [`The HTTP APIs are on ${url}; no synthesized stack has one.`];
  const width = Math.max(...routes.map(({ key }) => key.length));
  return [
    `The HTTP APIs are on ${url}:`,
    ...routes.map(
      ({ key, authorization, stack }) => `  ${key.padEnd(width)}  ${authorization.type.padEnd(7)}  ${stack}`,
    ),
    ...(routes.some(({ authorization }) => authorization.type === "AWS_IAM")
      ? ["AWS_IAM is not checked here: requests need no signature, and every caller is the account itself."]
      : []),
    ...describeTokens(url, routes),
    `What the functions print is in ${log}.`,
  ];
}

function describeTokens(url: string, routes: readonly Route[]): readonly string[] {
  const ofTokens = routes.flatMap(({ key, authorization }) =>
    authorization.type === "JWT" ? [{ key, authorization }] : [],
  );
  // One that can be called as it stands, if there is one.
  const example = ofTokens.find(({ key }) => /^GET [^{]*$/.test(key)) ?? ofTokens[0];
  if (example === undefined) return [];
  const [method = "GET", path = "/"] = example.key.split(" ");
  const token = localToken(exampleUser, example.authorization);
  const curl = method === "GET" ? "curl" : `curl -X ${method}`;
  return [
    "Tokens must be whole, unexpired and meant for the API, but their signatures are not checked here.",
    `With a token of the user "${exampleUser}", good for a day:`,
    `  ${curl} -H "Authorization: Bearer ${token}" "${url}${path}"`,
  ];
}
