/** Progress on one line of stderr, where that is a terminal; nowhere else. */
export interface ProgressLine {
  readonly show: (text: string) => void;
  /** Takes the line away. */
  readonly clear: () => void;
}

/** Often enough to look alive; drawing costs time. */
const redrawMilliseconds = 200;

export function progressLine(stream: NodeJS.WriteStream): ProgressLine {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let drawnAt = -Infinity;
  return {
    show(text) {
      const now = performance.now();
      if (now - drawnAt < redrawMilliseconds) return;
      drawnAt = now;
      stream.write(`\r\u001B[2K${text.slice(0, (stream.columns || 80) - 1)}`);
    },
    clear() {
      if (drawnAt >= 0) stream.write("\r\u001B[2K");
    },
  };
}
