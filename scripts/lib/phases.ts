import {
  Listr,
  ListrLogger,
  ProcessOutput,
  type DefaultRenderer,
  type ListrDefaultRendererLogLevels,
  type ListrLogLevels,
  type ListrTaskWrapper,
  type SimpleRenderer,
} from "listr2";

export interface PhaseTime {
  readonly name: string;
  readonly seconds: number;
}

/** A phase that failed, and why. */
export class PhaseFailed extends Error {
  override readonly name = "PhaseFailed";

  constructor(
    readonly phase: string,
    override readonly cause: unknown,
  ) {
    super(`The phase "${phase}" failed.`);
  }
}

/** Changes the progress line of the step that is running. */
export type Progress = (text: string) => void;

export interface Step<T> {
  readonly name: string;
  readonly run: (progress: Progress) => Promise<T>;
}

/** A stack waits for AWS half of the time: on two cores a third one fills the gaps. */
const concurrency = 3;

/** Runs phases one after the other, shows each step on a line of stderr, and keeps the times. */
export class Phases {
  readonly times: PhaseTime[] = [];
  /** Aborted by an interrupt, and when a step fails: what runs beside it must not outlive the phase. */
  readonly signal: AbortSignal;
  private readonly failure = new AbortController();

  constructor(private readonly interrupt: AbortSignal) {
    this.signal = AbortSignal.any([interrupt, this.failure.signal]);
  }

  /**
   * Runs a phase of one step.
   *
   * @throws PhaseFailed with the step's error.
   */
  async one<T>(name: string, run: (progress: Progress) => Promise<T>): Promise<T> {
    const [result] = await this.time(name, async (task) => [
      await run((text) => {
        task.title = `${name}: ${text}`;
      }),
    ]);
    return result as T;
  }

  /**
   * Runs a phase of independent steps, a few at a time.
   *
   * @throws PhaseFailed with the first step's error, when the others that had begun have ended.
   */
  many<T>(name: string, steps: readonly Step<T>[]): Promise<readonly T[]> {
    return this.time(name, async (phase) => {
      const results: T[] = [];
      const begun: Promise<T>[] = [];
      let failure: unknown;
      const tasks = steps.map((step, index) => ({
        title: step.name,
        task: async (_context: unknown, task: StepTask) => {
          if (showInterrupt(this.interrupt, task, step.name)) return;
          this.signal.throwIfAborted();
          const running = step.run((text) => {
            task.title = `${step.name}: ${text}`;
          });
          begun.push(running);
          try {
            results[index] = await running;
          } catch (error) {
            if (showInterrupt(this.interrupt, task, step.name)) return;
            failure ??= error;
            throw new Error(`${step.name}: failed`);
          }
        },
      }));
      const options = {
        concurrent: concurrency,
        exitOnError: true,
        rendererOptions: { collapseSubtasks: false },
      };
      try {
        await phase.newListr(tasks, options).run();
        this.interrupt.throwIfAborted();
      } catch {
        this.failure.abort(new Error("Another step failed."));
        await Promise.allSettled(begun);
        this.interrupt.throwIfAborted();
        throw failure;
      }
      return results;
    });
  }

  private async time<T>(
    name: string,
    run: (task: PhaseTask) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    this.interrupt.throwIfAborted();
    const started = performance.now();
    let results: readonly T[] = [];
    let cause: unknown;
    const list = new Listr(
      {
        title: name,
        task: async (_context, task) => {
          try {
            results = await run(task);
          } catch (error) {
            cause = error;
            if (showInterrupt(this.interrupt, task, name)) return;
            // The command tells the cause, once and at the end.
            throw new Error(`${name}: failed`);
          }
        },
      },
      {
        registerSignalListeners: false,
        renderer: "default",
        fallbackRenderer: "simple",
        fallbackRendererCondition: () => !process.stderr.isTTY,
        rendererOptions: { logger: new ListrLogger<ListrDefaultRendererLogLevels>(stderrOnly()) },
        fallbackRendererOptions: { logger: new ListrLogger<ListrLogLevels>(stderrOnly()) },
      },
    );
    try {
      await list.run();
      // What a phase has started in spite of the interrupt is the caller's, who stops it.
      if (cause !== undefined) this.interrupt.throwIfAborted();
    } catch {
      this.interrupt.throwIfAborted();
      throw new PhaseFailed(name, cause);
    }
    this.times.push({ name, seconds: (performance.now() - started) / 1000 });
    return results;
  }
}

type PhaseTask = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;
type StepTask = Pick<PhaseTask, "title" | "skip">;

/** Who interrupts must not read that something failed. */
function showInterrupt({ aborted }: AbortSignal, task: StepTask, name: string): boolean {
  if (!aborted) return false;
  task.title = `${name}: interrupted`;
  task.skip();
  return true;
}

/** Results belong on stdout, progress on stderr. */
const stderrOnly = () => ({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
