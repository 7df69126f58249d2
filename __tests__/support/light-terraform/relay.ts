/**
 * Stands between Terraform and its provider while one command runs, in its folder, with its variables. It answers for
 * the schemas, which cost three quarters of each command (docs/adr/0003-local-aws.md), and hands on everything else.
 * Its arguments: the provider, the file of schemas, Terraform's process.
 */

import { closeSync, readFileSync, writeSync } from "node:fs";
import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { startProvider, window, type Provider } from "./provider-process";
import { framed, schemaPath } from "./schemas";

const [, , provider = "", schemas = "", parent = ""] = process.argv;
/**
 * Where the port is told, and Terraform's stderr. What stands in for Node's own streams is none of Terraform's: Node
 * makes them non-blocking, for Terraform too, which then loses what a slow reader has not taken.
 */
const descriptors = { port: 3, stderr: 4 };
const tell = (error: unknown): void => {
  writeSync(
    descriptors.stderr,
    `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
};

const started: Promise<Provider>[] = [];
const start = (): Promise<Provider> => {
  const one = startProvider(provider, tell);
  started.push(one);
  return one;
};

/** Terraform connects anew for each part of a command: one process serves all, but has one configuration. */
const configured = new Map<ServerHttp2Session | undefined, Promise<Provider>>();
let first: Promise<Provider> | undefined;
function providerFor(stream: ServerHttp2Stream, path: string): Promise<Provider> {
  first ??= start();
  if (path.endsWith("/Configure")) {
    configured.set(stream.session as ServerHttp2Session, configured.size === 0 ? first : start());
  }
  return configured.get(stream.session as ServerHttp2Session) ?? first;
}

const server = createServer({ settings: window });
server.on("stream", (stream, headers) => {
  stream.on("error", () => undefined);
  answer(stream, headers).catch((error: unknown) => {
    tell(error);
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
});

const grpc = { ":status": 200, "content-type": "application/grpc" };
const unimplemented = "12";

async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const path = headers[":path"] ?? "";
  // go-plugin's own services: a provider may go without.
  if (path.startsWith("/plugin.")) {
    stream.respond({ ...grpc, "grpc-status": unimplemented }, { endStream: true });
    return;
  }
  if (path === schemaPath) {
    stream.respond(grpc, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(framed(readFileSync(schemas)));
    return;
  }
  const { session } = await providerFor(stream, path);
  handOn(stream, session.request(requestHeaders(headers)));
}

/** Without the connection's own. */
const requestHeaders = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== ":authority" && name !== ":scheme"));

function handOn(stream: ServerHttp2Stream, request: ReturnType<Provider["session"]["request"]>): void {
  let trailers: IncomingHttpHeaders = {};
  request.on("response", (headers, flags) => {
    const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(headers, isAll ? { endStream: true } : { waitForTrailers: true });
    if (isAll) return;
    stream.on("wantTrailers", () => stream.sendTrailers(trailers));
    request.pipe(stream);
  });
  request.on("trailers", (headers: IncomingHttpHeaders) => (trailers = headers));
  request.on("error", () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  stream.on("close", () => {
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) request.close(constants.NGHTTP2_CANCEL);
  });
  stream.pipe(request);
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  writeSync(descriptors.port, `${port}\n`);
  closeSync(descriptors.port);
});

// Terraform is the parent: nothing is left to do when it has ended, however it ended.
setInterval(() => {
  if (process.ppid !== Number(parent)) void end(0);
}, 100);

// A signal reaches the whole group: Terraform ends in its own time, and needs its provider until then.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.on("uncaughtException", (error) => {
  tell(error);
  void end(1);
});

async function end(code: number): Promise<void> {
  await Promise.allSettled(started.map(async (one) => (await one).stop()));
  process.exit(code);
}
