import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CouldNotTell } from "../lib/errors";

/** A port of the loopback interface that nothing uses now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Listens on 127.0.0.1. A connection stays open until its client closes it, or the server is stopped: one that
 * is closed after a pause resets the call that is on its way, and the local provider makes no second try.
 *
 * @param port 0 for a free one.
 * @param option what people give another port with.
 * @throws CouldNotTell when the port is taken.
 */
export async function listen(server: Server, port: number, option = "--port"): Promise<number> {
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        taken
          ? new CouldNotTell(`Port ${port} is taken: give another with ${option}, or 0 for a free one.`)
          : error,
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** The URL of a server that listens on loopback. */
export const addressOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
