// Loads one bundle in a process of its own and says how long that took. Plain JavaScript: nothing big, tsx
// above all, may be loaded before it.
import { pathToFileURL } from "node:url";
import { findBundle } from "../../local/functions/bundle-file.mjs";

const [, , taskRoot, handler] = process.argv;
const { file, path } = findBundle(taskRoot, handler);
if (path === undefined) throw new Error(`The bundle has no ${file}.js, .mjs or .cjs`);
const bundle = pathToFileURL(path).href;
const started = performance.now();
await import(bundle);
console.log(performance.now() - started);
