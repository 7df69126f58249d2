// Loads one bundle in a process of its own and says how long that took. Plain JavaScript: nothing else, tsx
// above all, may be loaded before it.
import { pathToFileURL } from "node:url";

const [, , file] = process.argv;
const bundle = pathToFileURL(file).href;
const started = performance.now();
await import(bundle);
console.log(performance.now() - started);
