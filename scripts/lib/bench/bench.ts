export interface Bench {
  /** What it measures, in a few words. */
  readonly description: string;
  run(options: BenchOptions): Promise<BenchReport>;
}

export interface BenchOptions {
  /** Few measurements: enough to see that everything works. */
  readonly quick: boolean;
  readonly signal: AbortSignal;
}

export interface BenchReport {
  /** What stood in for AWS. */
  readonly engine: string;
  /** For machines; goes into the one document of the command. */
  readonly document: object;
  /** The same for people. */
  readonly text: string;
}
