import { resolve } from "node:path";
import { describeError } from "../../lib/errors";
import { unzipBundle } from "./bundle";
import type { FunctionDefinition, Invocation, RunnerOptions, RunningFunction } from "./function";
import { failure, FunctionThread } from "./thread";

/**
 * Runs a Lambda function's real bundle in a worker thread that sees only the function's own environment.
 * The bundle is unzipped and the thread started by the first call; a thread that ended is replaced by the
 * next.
 */
export function startFunction(definition: FunctionDefinition, options: RunnerOptions): RunningFunction {
  const threads = new Set<FunctionThread>();
  let current: FunctionThread | undefined;
  let unzipped = false;
  let stopped = false;

  const startThread = (): FunctionThread => {
    const taskRoot = resolve(options.folder, folderName(definition.name));
    if (!unzipped) unzipBundle(definition.zip, taskRoot);
    unzipped = true;
    const thread = new FunctionThread(definition, taskRoot, options);
    threads.add(thread);
    void thread.ended.then(() => threads.delete(thread));
    return thread;
  };

  return {
    async invoke(payload): Promise<Invocation> {
      if (stopped) return stoppedFailure;
      try {
        if (current?.alive !== true) current = startThread();
      } catch (error) {
        return failure("Runtime.ImportModuleError", describeError(error));
      }
      return current.invoke(payload);
    },
    async stop() {
      stopped = true;
      await Promise.all(
        [...threads].map(async (thread) => {
          await thread.end(stoppedFailure);
          await thread.ended;
        }),
      );
    },
  };
}

const stoppedFailure = failure("Runtime.ExitError", "The function has been stopped");

function folderName(name: string): string {
  if (/^[\w-]{1,64}$/.test(name)) return name;
  throw new Error(`"${name}" is no function's name: use letters, digits, "-" and "_", at most 64 of them.`);
}
