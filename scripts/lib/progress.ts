/** How far a long run is, on stderr: one line that changes on a terminal, and now and then a line elsewhere. */

import { describeDuration } from "./duration";

export interface ProgressState {
  /** Between 0 and 1; absent when nobody knows how much there is. */
  readonly fraction?: number;
  readonly items: number;
  /** Capacity units that were consumed. */
  readonly units?: { readonly name: "WCU" | "RCU"; readonly consumed: number };
  readonly notes?: readonly string[];
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const terminalMilliseconds = 200;
const plainMilliseconds = 10_000;
/** Rates are of the last seconds: a run that was resumed has no past. */
const windowMilliseconds = 10_000;

interface Sample extends ProgressState {
  readonly time: number;
}

export class Progress {
  private samples: Sample[] = [];
  private shown = 0;

  /** @param verb what is being done, such as `storing`. */
  constructor(
    private readonly verb: string,
    private readonly output: Output,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.shown = now();
  }

  update(state: ProgressState): void {
    const time = this.now();
    const last = this.samples.at(-1);
    // Ten samples a second are enough of them.
    if (last === undefined || time - last.time >= 100) this.samples.push({ ...state, time });
    while ((this.samples[1]?.time ?? time) < time - windowMilliseconds) this.samples.shift();
    if (time - this.shown < (this.isLive ? terminalMilliseconds : plainMilliseconds)) return;
    this.shown = time;
    const line = this.describe({ ...state, time });
    this.output.write(this.isLive ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** Clears the line that changes. */
  end(): void {
    if (this.isLive) this.output.write("\r\u001b[K");
  }

  private get isLive(): boolean {
    return this.output.isTTY === true && process.env["TERM"] !== "dumb";
  }

  private describe(state: Sample): string {
    const first = this.samples[0] ?? state;
    const seconds = Math.max(0.001, (state.time - first.time) / 1000);
    const rate = (now = 0, before = 0) => Math.max(0, (now - before) / seconds);
    const gained = rate(state.fraction, first.fraction);
    return [
      `${this.verb}: ${count(state.items)}`,
      state.fraction !== undefined && `${Math.floor(state.fraction * 100)} %`,
      `${count(rate(state.items, first.items))} items/s`,
      state.units && `${count(rate(state.units.consumed, first.units?.consumed))} ${state.units.name}/s`,
      gained > 0 && `${describeDuration((1 - (state.fraction ?? 1)) / gained)} left`,
      ...(state.notes ?? []),
    ]
      .filter(Boolean)
      .join(", ");
  }
}

export const count = (number: number): string => Math.round(number).toLocaleString("en-US");
