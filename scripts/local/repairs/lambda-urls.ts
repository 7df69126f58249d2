import { functionName, parseJson } from "./lambda-call";
import { jsonReply, type Repair } from "./repair";

/**
 * The list of a function's URLs, which moto 5.2.1 lacks: it knows the one of the function itself, and none of its
 * aliases.
 */
export function lambdaUrls(motoUrl: string): Repair {
  return ({ method, url, headers }) => {
    const [, version, name] = /^\/([\d-]+)\/functions\/([^/?]+)\/urls\/?(?:\?|$)/.exec(url) ?? [];
    if (method !== "GET" || version === undefined || name === undefined) return undefined;
    return fetch(`${motoUrl}/${version}/functions/${functionName(decodeURIComponent(name))}/url`, {
      headers: { authorization: headers.authorization ?? "" },
    }).then(async (response) => {
      const one = parseJson(Buffer.from(await response.arrayBuffer()));
      // Without a URL it finds none, or fails.
      return jsonReply({ FunctionUrlConfigs: response.ok ? [one] : [] });
    });
  };
}
