/** What each stack is at, on stderr: a line a stack that changes on a terminal, and a line a phase elsewhere. */

import type { StackId } from "../../../stacks/naming";

export interface Board {
  /** @param isDetail a step within a phase: told on a terminal only. */
  show(stack: StackId, text: string, isDetail?: boolean): void;
  /** Leaves what is shown, and begins anew. */
  done(): void;
}

/** Often enough to look alive; drawing costs time. */
const redrawMilliseconds = 100;

export async function openBoard(stream: NodeJS.WriteStream): Promise<Board> {
  if (!stream.isTTY || process.env["TERM"] === "dumb") return plainBoard(stream);
  // An ES module.
  const { createLogUpdate } = await import("log-update");
  const view = createLogUpdate(stream);
  const lines = new Map<StackId, string>();
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    timer = undefined;
    const width = Math.max(0, ...[...lines.keys()].map(({ length }) => length));
    const all = [...lines].map(([stack, text]) => `${stack.padEnd(width)}  ${text}`);
    view(all.map((line) => line.slice(0, (stream.columns || 80) - 1)).join("\n"));
  };
  return {
    show(stack, text) {
      lines.set(stack, text);
      timer ??= setTimeout(draw, redrawMilliseconds);
    },
    done() {
      clearTimeout(timer);
      if (lines.size > 0) draw();
      clearTimeout(timer);
      timer = undefined;
      view.done();
      lines.clear();
    },
  };
}

export function plainBoard(stream: { write(text: string): unknown }): Board {
  return {
    show(stack, text, isDetail = false) {
      if (!isDetail) stream.write(`${stack}: ${text}\n`);
    },
    done: () => undefined,
  };
}
