import { parseRouteKey, type RouteKey, type Segment } from "./route-key";

export interface Match<R> {
  readonly route: R;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** A path with a percent sign that begins no character. */
export class MalformedPath extends Error {
  override readonly name = "MalformedPath";
}

/**
 * Chooses a route as API Gateway does: literal segments win over parameters, those over `{proxy+}`, a method
 * over ANY, and anything over `$default`.
 *
 * @throws MalformedPath from the returned function.
 */
export function routeMatcher<R extends { readonly key: string }>(
  routes: readonly R[],
): (method: string, path: string) => Match<R> | undefined {
  const ordered = routes
    .map((route) => ({ route, key: parseRouteKey(route.key) }))
    .filter((one): one is { route: R; key: RouteKey } => one.key !== undefined)
    .sort((one, other) => (rank(one.key) < rank(other.key) ? -1 : 1));
  return (method, path) => {
    const parts = decodePath(path);
    for (const { route, key } of ordered) {
      if (key.method !== "ANY" && key.method !== method) continue;
      const pathParameters = key.segments === undefined ? {} : matchSegments(key.segments, parts);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  };
}

const ranks = { literal: "0", parameter: "1", rest: "2" } as const;

/** A text that sorts better matches first. */
const rank = ({ method, segments }: RouteKey): string =>
  segments === undefined
    ? "9"
    : `${segments.map(({ kind }) => ranks[kind]).join("")}-${method === "ANY" ? "1" : "0"}`;

function decodePath(path: string): readonly string[] {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    throw new MalformedPath("A percent sign of the path begins no character.");
  }
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (segment.kind === "literal") {
      if (segment.text !== part) return undefined;
    } else if (part === "") {
      return undefined;
    } else if (segment.kind === "rest") {
      return { ...parameters, [segment.name]: parts.slice(index).join("/") };
    } else {
      parameters[segment.name] = part;
    }
  }
  return parts.length === segments.length ? parameters : undefined;
}
