import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectHttp, type ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A started provider that speaks gRPC without TLS. */
export interface Provider {
  readonly session: ClientHttp2Session;
  stop(): Promise<void>;
}

/** Without it a provider only tells people that it is none of theirs (go-plugin, Terraform's handshake). */
const cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
export const protocolVersion = 5;

/** Larger than gRPC's usual messages: a window that is full would cost round trips. */
export const window = { initialWindowSize: 16 * 1024 * 1024 };

/**
 * Starts a provider as Terraform does, but without a client's certificate: then it does without TLS.
 *
 * @param onDeath is told when it ends by itself afterwards.
 * @throws Error when it ends before it listens.
 */
export async function startProvider(binary: string, onDeath: (why: string) => void): Promise<Provider> {
  const sockets = temporaryFolder();
  const child = spawn(binary, [], {
    env: {
      ...process.env,
      TF_PLUGIN_MAGIC_COOKIE: cookie,
      PLUGIN_PROTOCOL_VERSIONS: String(protocolVersion),
      PLUGIN_UNIX_SOCKET_DIR: sockets,
      PLUGIN_CLIENT_CERT: undefined,
      TF_REATTACH_PROVIDERS: undefined,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors = lastOf(child.stderr);
  const address = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`The provider ended: ${errors()}`)));
    // CORE-PROTOCOL-VERSION | APP-PROTOCOL-VERSION | NETWORK-TYPE | NETWORK-ADDR | PROTOCOL
    createInterface({ input: child.stdout }).once("line", (line) => resolve(line.split("|")[3] ?? ""));
  });
  let isStopping = false;
  child.once("exit", () => {
    if (!isStopping) onDeath(`The provider ended by itself: ${errors()}`);
  });
  const session = connectHttp("http://provider", {
    createConnection: () => connect(address),
    settings: window,
  });
  // The requests of a session that breaks fail by themselves.
  session.on("error", () => undefined);
  // Nobody else connects, and this process may be killed.
  await once(session, "connect");
  rmSync(sockets, { recursive: true });
  return {
    session,
    async stop() {
      isStopping = true;
      session.destroy();
      await ended(child);
    },
  };
}

/** A socket's path has at most 104 characters: the repository may lie too deep. */
const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "terraform-"));

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

/** The end of what a stream says. */
function lastOf(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => (text = (text + chunk).slice(-8_000)));
  return () => text;
}
