import { isAccepted, parseJson } from "./lambda-call";
import { jsonReply, type Repair } from "./repair";

/** The list of an API's authorizers, which moto 5.2.1 lacks: it knows each by its id. One page holds them. */
export function apiAuthorizers(motoUrl: string): Repair {
  const idsOf = new Map<string, Set<string>>();
  return ({ method, url, headers }, forward) => {
    const [, api, id] = /^\/v2\/apis\/([^/?]+)\/authorizers(?:\/([^/?]+))?\/?(?:\?|$)/.exec(url) ?? [];
    if (api === undefined) return undefined;
    const ids = idsOf.get(api) ?? new Set();
    idsOf.set(api, ids);
    if (method === "POST") {
      return forward().then((reply) => {
        const { authorizerId } = (parseJson(reply.body) ?? {}) as { readonly authorizerId?: string };
        if (isAccepted(reply) && authorizerId !== undefined) ids.add(authorizerId);
        return reply;
      });
    }
    if (method !== "GET" || id !== undefined) return undefined;
    const ask = async (one: string) => {
      const response = await fetch(`${motoUrl}/v2/apis/${api}/authorizers/${one}`, {
        headers: { authorization: headers.authorization ?? "" },
      });
      // One that was deleted is found no more.
      return response.ok ? [await response.json()] : [];
    };
    return Promise.all([...ids].map(ask)).then((found) => jsonReply({ items: found.flat() }));
  };
}
