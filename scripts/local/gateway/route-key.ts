/** A part of a route's path between slashes. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "rest"; readonly name: string };

export interface RouteKey {
  /** ANY for all methods. */
  readonly method: string;
  /** Nothing for `$default`, which takes what no other route does. */
  readonly segments: readonly Segment[] | undefined;
}

/** Reads a route key of an HTTP API: `GET /status/{sessionId}`, `ANY /files/{proxy+}` or `$default`. */
export function parseRouteKey(key: string): RouteKey | undefined {
  if (key === "$default") return { method: "ANY", segments: undefined };
  const [, method, path] = /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) \/(\S*)$/.exec(key) ?? [];
  if (method === undefined || path === undefined) return undefined;
  const segments = path.split("/").map(parseSegment);
  const rest = segments.findIndex(({ kind }) => kind === "rest");
  return rest === -1 || rest === segments.length - 1 ? { method, segments } : undefined;
}

function parseSegment(text: string): Segment {
  const [, name, greedy] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: "literal", text };
  return { kind: greedy ? "rest" : "parameter", name };
}
