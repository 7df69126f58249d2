import { createServer, type IncomingMessage } from "node:http";
import { startFunction } from "../functions/start-function";
import type { FunctionDefinition, RunningFunction } from "../functions/function";
import { listen } from "../ports";
import type { Api, Route } from "./api";
import { authorize } from "./authorize";
import { preflightMethod, preflightReply, withCors } from "./cors";
import { eventOf } from "./event";
import { MalformedPath, routeMatcher } from "./match-route";
import { messageReply, replyOf, sendReply, type GatewayReply } from "./reply";

export interface GatewayOptions {
  readonly apis: readonly Api[];
  /** 0 for a free one. */
  readonly port: number;
  /** Endpoint of the AWS that the functions talk to. */
  readonly endpoint: string;
  /** Bundles are unzipped below it. */
  readonly folder: string;
  /** File to which the functions' output is appended. */
  readonly log: string;
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly routes: readonly Route[];
  readonly log: string;
  /** Closes the port and ends the functions' threads. */
  stop(): Promise<void>;
}

/** The largest body that API Gateway takes. */
const bodyBytes = 10 * 1024 * 1024;

/**
 * Serves HTTP APIs on loopback as API Gateway does, with the functions' real bundles behind them.
 *
 * @throws CouldNotTell when the port is taken; nothing is left running then.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { apis, log } = options;
  const running = new Map<FunctionDefinition, RunningFunction>();
  const invoke = (definition: FunctionDefinition, event: unknown) => {
    const started = running.get(definition) ?? startFunction(definition, options);
    running.set(definition, started);
    return started.invoke(event);
  };
  const answer = answerer(apis, async (definition, event) => replyOf(await invoke(definition, event)));
  const server = createServer((incoming, outgoing) => {
    void answer(incoming)
      .catch(() => messageReply(500, "Internal Server Error"))
      .then((reply) => sendReply(outgoing, reply));
  });
  const port = await listen(server, options.port, "--api-port");
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    routes: apis.flatMap(({ routes }) => routes),
    log,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([...running.values()].map((one) => one.stop()));
      await closed;
    },
  };
}

type Call = (definition: FunctionDefinition, event: unknown) => Promise<GatewayReply>;

function answerer(apis: readonly Api[], call: Call) {
  const match = routeMatcher(
    apis.flatMap((api) => api.routes.map((route) => ({ key: route.key, route, api }))),
  );
  const matchPreflight = preflightMatcher(apis);

  return async (incoming: IncomingMessage): Promise<GatewayReply> => {
    const { method = "GET", url = "/", headers } = incoming;
    const [rawPath = "/", ...query] = url.split("?");
    try {
      const asked = preflightMethod(method, headers);
      const preflight = asked === undefined ? undefined : matchPreflight(asked, rawPath)?.route;
      if (preflight !== undefined) return preflightReply(preflight.cors, headers.origin);
      const found = match(method, rawPath);
      if (found === undefined) return messageReply(404, "Not Found");
      const { api, route } = found.route;
      const reply = await answerRoute(found.pathParameters, route, api, query.join("?"));
      return withCors(api, headers.origin, reply);
    } catch (error) {
      if (error instanceof MalformedPath) return messageReply(400, "Bad Request");
      throw error;
    }

    async function answerRoute(
      pathParameters: Readonly<Record<string, string>>,
      { key, authorization, function: definition }: Route,
      { name }: Api,
      rawQueryString: string,
    ): Promise<GatewayReply> {
      const caller = authorize(authorization, headers.authorization);
      if (caller === undefined) return messageReply(401, "Unauthorized", { "www-authenticate": "Bearer" });
      const body = await readBody(incoming);
      if (body === undefined) return messageReply(413, "Request Entity Too Large");
      const event = eventOf({
        incoming,
        rawPath,
        rawQueryString,
        routeKey: key,
        pathParameters,
        caller,
        apiName: name,
        body,
      });
      return call(definition, event);
    }
  };
}

/** Finds the CORS of the API that a path belongs to, with whatever method: the browser only asks. */
function preflightMatcher(apis: readonly Api[]) {
  return routeMatcher(
    apis.flatMap(({ cors, routes }) =>
      cors === undefined ? [] : routes.map(({ key }) => ({ key: key.replace(/^\w+ /, "ANY "), cors })),
    ),
  );
}

/** Nothing when it is too large; the rest is read all the same, so that the client hears the answer. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= bodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > bodyBytes ? undefined : Buffer.concat(chunks);
}
