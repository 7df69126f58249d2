/**
 * Terraform, for tests: the real one with the real provider, between which this process stands for as long as one
 * command runs, in its folder, with its variables. It answers for the schemas, which cost three quarters of each
 * command (docs/adr/0003-local-aws.md), and hands on everything else.
 */

import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeSync } from "node:fs";
import {
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { join } from "node:path";
import { protocolVersion, startProvider, temporaryFolder, window, type Provider } from "./provider-process";
import { framed, schemaPath } from "./schemas";

/** What lies beside this in `settings.json`. */
export interface RelaySettings {
  readonly terraform: string;
  readonly provider: string;
  /** The provider's address, such as registry.terraform.io/hashicorp/aws. */
  readonly source: string;
}

/** Node makes its own streams non-blocking, for Terraform too, which then loses what a slow reader has not taken. */
const output = { stdout: 3, stderr: 4 };
const tell = (error: unknown): void => {
  writeSync(output.stderr, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

const { terraform, provider, source } = JSON.parse(
  readFileSync(join(__dirname, "settings.json"), "utf8"),
) as RelaySettings;
const folder = temporaryFolder();
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
    stream.end(framed(readFileSync(join(__dirname, "schemas"))));
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

const socket = join(folder, "relay");
server.listen(socket, () => {
  const attached = {
    Protocol: "grpc",
    ProtocolVersion: protocolVersion,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
  const child = spawn(terraform, process.argv.slice(2), {
    stdio: ["inherit", output.stdout, output.stderr],
    env: { ...process.env, TF_REATTACH_PROVIDERS: JSON.stringify({ [source]: attached }) },
  });
  child.once("error", (error) => {
    tell(error);
    void end(127);
  });
  child.once("exit", (code, signal) => void end(code ?? signal ?? 1));
});

// A signal reaches the whole group, Terraform too, which then ends in its own time.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

process.on("uncaughtException", (error) => {
  tell(error);
  void end(1);
});

/** @param how Terraform's exit code, or what killed it. */
async function end(how: number | NodeJS.Signals): Promise<void> {
  await Promise.allSettled(started.map(async (one) => (await one).stop()));
  rmSync(folder, { recursive: true, force: true });
  if (typeof how === "number") process.exit(how);
  process.kill(process.pid, "SIGKILL");
}
