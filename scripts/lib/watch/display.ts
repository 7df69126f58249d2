/** Where progress is shown: a live view on a terminal, else one line a change. */

import pc from "picocolors";
import {
  changeLine,
  changesBetween,
  describeChange,
  outcomeLine,
  type Change,
  type WatchOutcome,
} from "./changes";
import type { Progress } from "./progress";
import { printable } from "./text";
import { describeTotals, describeTrouble, renderAll, renderView, type Terminal } from "./terminal-view";

export interface Display {
  readonly progress: (progress: Progress) => void;
  /** Why there is no fresh answer just now; undefined when there is one again. */
  readonly trouble: (trouble: string | undefined) => void;
  /** Called once, however it ended. */
  readonly end: (outcome: WatchOutcome, error?: string) => void;
}

/** Human lines for a log or a pipe. */
export function plainLines(): Display {
  const changes = new Changes();
  return {
    progress(progress) {
      for (const change of changes.next(progress)) console.log(describeChange(change));
      const totals = progress.isDone ? describeTotals(progress.totals) : "";
      if (totals) console.log(`${new Date().toISOString()} ${printable(progress.id)} total ${totals}`);
    },
    trouble: warnOnce(),
    end: () => undefined,
  };
}

/** JSON lines; the last one tells the outcome, also when there is no answer. */
export function jsonLines(system: string, ids: readonly string[]): Display {
  const changes = new Changes();
  return {
    progress(progress) {
      for (const change of changes.next(progress)) console.log(changeLine(system, change));
    },
    trouble: warnOnce(),
    end(outcome, error) {
      const last = ids.map((id) => [id, changes.last.get(id)?.overall ?? null] as const);
      console.log(outcomeLine(outcome, Object.fromEntries(last), error));
    },
  };
}

/** Many ids meet the same trouble at once: it is told once. */
function warnOnce(): Display["trouble"] {
  let last: string | undefined;
  return (trouble) => {
    if (trouble !== undefined && trouble !== last) console.error(describeTrouble(trouble));
    last = trouble;
  };
}

class Changes {
  readonly last = new Map<string, Progress>();

  next(progress: Progress): readonly Change[] {
    const changes = changesBetween(this.last.get(progress.id), progress, Date.now());
    this.last.set(progress.id, progress);
    return changes;
  }
}

/** Elapsed times tick between two answers. */
const redrawMilliseconds = 250;

/** Redraws in place; the last picture stays. */
export async function liveView(ids: readonly string[], stream: NodeJS.WriteStream): Promise<Display> {
  const { createLogUpdate } = await import("log-update");
  const log = createLogUpdate(stream);
  const progress = new Map<string, Progress>();
  let trouble: string | undefined;
  const terminal = (): Terminal => ({ columns: stream.columns || 80, rows: stream.rows || 24, colors: pc });
  const draw = () => log(renderView({ ids, progress, trouble }, terminal(), Date.now()));
  const timer = setInterval(draw, redrawMilliseconds);
  draw();
  return {
    progress(next) {
      progress.set(next.id, next);
      draw();
    },
    trouble(next) {
      trouble = next;
      draw();
    },
    end() {
      clearInterval(timer);
      log.clear();
      stream.write(`${renderAll({ ids, progress }, terminal(), Date.now())}\n`);
      log.done();
    },
  };
}
