import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CouldNotTell, describeError } from "../lib/errors";
import { signalGroup, startGuarded } from "../lib/process";
import { freePort } from "./ports";

/** Startup takes half a second with warm disk caches; a cold, busy machine can take much longer. */
const startupMilliseconds = 60_000;
const pollMilliseconds = 50;
const stopMilliseconds = 5_000;
const portAttempts = 3;

/** A server of another's making, on a free port of the loopback interface. */
export interface ServerProgram {
  /** For messages. */
  readonly name: string;
  readonly binary: string;
  readonly args: (port: number) => readonly string[];
  /** A path that answers once it is ready. */
  readonly healthPath: string;
  readonly isReady: (response: Response) => boolean;
  /** File that takes its output. */
  readonly log: string;
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it answers.
 *
 * @throws CouldNotTell with the last line of its log when it does not.
 */
export async function startServer(program: ServerProgram, signal?: AbortSignal): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(program, signal);
    } catch (error) {
      // Another process took the port between its being found free and the server's opening it.
      if (!(error instanceof PortLost) || attempt === portAttempts) throw error;
    }
  }
}

class PortLost extends CouldNotTell {}

async function startOnce(program: ServerProgram, signal?: AbortSignal): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = openSync(program.log, "w");
  const child = startGuarded(program.binary, program.args(port), { output: file });
  closeSync(file);
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const server = {
    url,
    async stop() {
      signalGroup(child, "SIGTERM");
      const deadline = setTimeout(() => signalGroup(child, "SIGKILL"), stopMilliseconds);
      await ended;
      clearTimeout(deadline);
    },
  };
  try {
    await untilReady(child, url, program, signal);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function untilReady(
  child: ChildProcess,
  url: string,
  { name, healthPath, isReady, log }: ServerProgram,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + startupMilliseconds;
  let last = "";
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    const answers = await fetch(`${url}${healthPath}`, { signal: AbortSignal.timeout(2_000) }).then(
      (response) => {
        last = `HTTP ${response.status}`;
        return isReady(response);
      },
      (error: unknown) => {
        last = describeError(error);
        return false;
      },
    );
    // Looked at after the answer: it may have been another server's.
    if (child.exitCode !== null || child.signalCode !== null) {
      const text = readFileSync(log, "utf8");
      const message = `${name} ended while starting: ${text.trim().split("\n").at(-1) ?? ""}.`;
      throw /address already in use|in use by another program/i.test(text)
        ? new PortLost(message)
        : new CouldNotTell(message);
    }
    if (answers) return;
    await sleep(pollMilliseconds);
  }
  throw new CouldNotTell(`${name} did not answer within ${startupMilliseconds / 1000} s (${last}).`);
}
