import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { localAccountId } from "../../../stacks/local-endpoint";
import type { FunctionDefinition, Invocation, InvocationFailure, RunnerOptions } from "./function";
import { defaultRegion, runtimeEnvironment } from "./runtime-environment";

interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** What worker.mjs says. */
type Message =
  | { readonly type: "loaded" }
  | ({ readonly type: "not loaded" } & Failure)
  | { readonly type: "answered"; readonly requestId: string; readonly payload: string }
  | ({ readonly type: "failed"; readonly requestId: string } & Failure);

interface Call {
  readonly settle: (invocation: Invocation) => void;
  deadline?: NodeJS.Timeout;
}

const defaultLoadSeconds = 10;

/** One worker thread with a loaded bundle. Concurrent calls interleave in it; it does not outlive a timeout. */
export class FunctionThread {
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;

  private readonly worker: Worker;
  private readonly calls = new Map<string, Call>();
  private readonly loadDeadline: NodeJS.Timeout;
  private loaded = false;
  private over = false;

  constructor(
    private readonly definition: FunctionDefinition,
    taskRoot: string,
    options: RunnerOptions,
  ) {
    this.worker = startWorker(definition, taskRoot, options);
    this.ended = new Promise((resolve) => {
      this.worker.once("exit", () => {
        void this.end(failure("Runtime.ExitError", "Runtime exited without providing a reason"));
        resolve();
      });
    });
    this.worker.on("message", (message: Message) => this.receive(message));
    // An exception outside of a call: without a listener it would end this process.
    this.worker.once("error", (error: unknown) => {
      // Anything can be thrown, and errors come out of a thread without their class.
      const { name = typeof error, message = String(error) } = (error ?? {}) as Partial<Error>;
      void this.end(failure(name, message));
    });
    const { loadSeconds = defaultLoadSeconds } = options;
    this.loadDeadline = setTimeout(() => {
      void this.end(failure("Sandbox.Timedout", `The bundle did not load within ${loadSeconds} seconds`));
    }, loadSeconds * 1000);
  }

  /** Whether it takes calls. */
  get alive(): boolean {
    return !this.over;
  }

  invoke(payload: unknown): Promise<Invocation> {
    return new Promise((resolve) => {
      const requestId = randomUUID();
      const call: Call = { settle: resolve };
      this.calls.set(requestId, call);
      if (this.loaded) this.startClock(requestId, call);
      this.worker.postMessage({ requestId, payload: JSON.stringify(payload ?? null) });
    });
  }

  /** Terminates the thread; calls in it fail for the given reason. */
  async end(reason: InvocationFailure): Promise<void> {
    this.over = true;
    clearTimeout(this.loadDeadline);
    for (const requestId of [...this.calls.keys()]) this.settle(requestId, reason);
    await this.worker.terminate();
  }

  private receive(message: Message): void {
    switch (message.type) {
      case "loaded":
        this.loaded = true;
        clearTimeout(this.loadDeadline);
        for (const [requestId, call] of this.calls) this.startClock(requestId, call);
        return;
      case "not loaded":
        void this.end(failure(message.errorType, message.errorMessage));
        return;
      case "answered":
        this.settle(message.requestId, { outcome: "answered", payload: JSON.parse(message.payload) });
        return;
      case "failed":
        this.settle(message.requestId, failure(message.errorType, message.errorMessage));
    }
  }

  /** Loading does not count as the call's time, as on Lambda. */
  private startClock(requestId: string, call: Call): void {
    const { timeoutSeconds } = this.definition;
    call.deadline = setTimeout(() => {
      this.settle(requestId, { outcome: "timed out", seconds: timeoutSeconds });
      void this.end(failure("Runtime.ExitError", "Another call in the same thread timed out"));
    }, timeoutSeconds * 1000);
  }

  private settle(requestId: string, invocation: Invocation): void {
    const call = this.calls.get(requestId);
    if (call === undefined) return;
    this.calls.delete(requestId);
    clearTimeout(call.deadline);
    call.settle(invocation);
  }
}

export const failure = (errorType: string, errorMessage: string): InvocationFailure => ({
  outcome: "failed",
  errorType,
  errorMessage,
});

function startWorker(definition: FunctionDefinition, taskRoot: string, options: RunnerOptions): Worker {
  const { name, handler, timeoutSeconds, memoryMegabytes } = definition;
  const { log, region = defaultRegion } = options;
  const worker = new Worker(join(__dirname, "worker.mjs"), {
    name,
    env: runtimeEnvironment(definition, taskRoot, options),
    // Not this process's --import tsx.
    execArgv: [],
    stdout: true,
    stderr: true,
    workerData: {
      taskRoot,
      handler,
      timeoutMilliseconds: timeoutSeconds * 1000,
      context: {
        functionName: name,
        functionVersion: "$LATEST",
        invokedFunctionArn: `arn:aws:lambda:${region}:${localAccountId}:function:${name}`,
        memoryLimitInMB: String(memoryMegabytes),
        logGroupName: `/aws/lambda/${name}`,
        logStreamName: "local",
      },
    },
  });
  mkdirSync(dirname(log), { recursive: true });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on("data", (chunk: Buffer) => appendFileSync(log, chunk));
    // The log's folder may go once the thread has.
    worker.once("exit", () => stream.removeAllListeners("data"));
  }
  return worker;
}
