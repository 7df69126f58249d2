// Runs one function's bundle in a thread of its own. Plain JavaScript: it has to start fast, and without
// tsx. It speaks with thread.ts in the messages that are typed there; payloads travel as JSON, as on Lambda.
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { findBundle } from "./bundle-file.mjs";

const { taskRoot, handler: handlerName, timeoutMilliseconds, context } = workerData;

/** The largest answer that Lambda hands on. */
const payloadBytes = 6 * 1024 * 1024;

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

async function loadHandler() {
  const { file, name, path } = findBundle(taskRoot, handlerName);
  if (path === undefined) {
    throw new RuntimeError("Runtime.ImportModuleError", `The bundle has no ${file}.js, .mjs or .cjs`);
  }
  const module = await import(pathToFileURL(path).href);
  const found = module[name] ?? module.default?.[name];
  if (typeof found !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${handlerName} is undefined or not exported`);
  }
  return found;
}

function contextOf(requestId) {
  const deadline = Date.now() + timeoutMilliseconds;
  return {
    ...context,
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** Handlers give a promise, or take a callback as their third parameter. */
function call(handler, event, requestId) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const result = handler(event, contextOf(requestId), callback);
    if (typeof result?.then === "function") result.then(resolve, reject);
    else if (handler.length < 3) resolve(null);
  });
}

function describeFailure(error) {
  // The trace stays here: callers get type and message.
  console.error(
    error instanceof Error ? (error.stack ?? error.message) : "A function threw what is no error.",
  );
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: typeof error, errorMessage: String(error) };
}

function serialize(result) {
  const text = JSON.stringify(result) ?? "null";
  if (Buffer.byteLength(text) > payloadBytes) {
    throw new RuntimeError(
      "Function.ResponseSizeTooLarge",
      `Response payload size exceeded maximum allowed payload size (${payloadBytes} bytes).`,
    );
  }
  return text;
}

async function start() {
  const handler = await loadHandler();
  parentPort.on("message", ({ requestId, payload }) => {
    call(handler, JSON.parse(payload), requestId)
      .then((result) => ({ type: "answered", requestId, payload: serialize(result) }))
      .catch((error) => ({ type: "failed", requestId, ...describeFailure(error) }))
      .then((message) => parentPort.postMessage(message));
  });
  parentPort.postMessage({ type: "loaded" });
}

// Such an exception ends the thread; thread.ts hears of it, but has no trace.
process.on("uncaughtExceptionMonitor", describeFailure);
start().catch((error) => parentPort.postMessage({ type: "not loaded", ...describeFailure(error) }));
