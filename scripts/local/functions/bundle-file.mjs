// Where a function's code is. Plain JavaScript, for those who run without tsx.
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * @param {string} taskRoot
 * @param {string} handler `index.handler` is the export `handler` of index.js, index.mjs or index.cjs.
 * @returns {{ file: string, name: string, path: string | undefined }} no path when there is no such file.
 */
export function findBundle(taskRoot, handler) {
  const dot = handler.lastIndexOf(".");
  const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const paths = [".js", ".mjs", ".cjs"].map((end) => join(taskRoot, file + end));
  return { file, name, path: paths.find((path) => existsSync(path)) };
}
