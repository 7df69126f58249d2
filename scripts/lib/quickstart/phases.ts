import {
  Listr,
  ListrLogger,
  ProcessOutput,
  type ListrDefaultRendererLogLevels,
  type ListrLogLevels,
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

  constructor(private readonly signal: AbortSignal) {}

  /** Runs a phase of one step. */
  async one<T>(name: string, run: (progress: Progress) => Promise<T>): Promise<T> {
    const [result] = await this.many(name, [{ name, run }]);
    return result as T;
  }

  /**
   * Runs a phase of independent steps, a few at a time.
   *
   * @throws PhaseFailed with the first step's error; the steps that had begun are waited for.
   */
  async many<T>(name: string, steps: readonly Step<T>[]): Promise<readonly T[]> {
    this.signal.throwIfAborted();
    const started = performance.now();
    const results: T[] = [];
    const list = new Listr(
      steps.map((step, index) => ({
        title: step.name,
        task: async (_context, task) => {
          this.signal.throwIfAborted();
          results[index] = await step.run((text) => {
            task.title = `${step.name}: ${text}`;
          });
        },
      })),
      {
        concurrent: concurrency,
        exitOnError: true,
        registerSignalListeners: false,
        renderer: "default",
        fallbackRenderer: "simple",
        fallbackRendererCondition: () => !process.stderr.isTTY,
        rendererOptions: {
          logger: new ListrLogger<ListrDefaultRendererLogLevels>(stderrOnly()),
          collapseErrors: true,
        },
        fallbackRendererOptions: { logger: new ListrLogger<ListrLogLevels>(stderrOnly()) },
      },
    );
    try {
      await list.run();
    } catch (error) {
      this.signal.throwIfAborted();
      throw new PhaseFailed(name, error);
    }
    this.times.push({ name, seconds: (performance.now() - started) / 1000 });
    return results;
  }
}

/** Results belong on stdout, progress on stderr. */
const stderrOnly = () => ({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
