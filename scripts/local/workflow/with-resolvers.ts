/** The interpreter wants Node 22's Promise.withResolvers; this repository runs on Node 20, too. */
if (!("withResolvers" in Promise)) {
  Object.defineProperty(Promise, "withResolvers", {
    configurable: true,
    writable: true,
    value<T>() {
      let resolve: ((value: T) => void) | undefined;
      let reject: ((reason: unknown) => void) | undefined;
      const promise = new Promise<T>((onValue, onReason) => {
        resolve = onValue;
        reject = onReason;
      });
      return { promise, resolve, reject };
    },
  });
}
export {};
