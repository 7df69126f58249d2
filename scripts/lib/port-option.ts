import { InvalidArgumentError, Option } from "commander";

/** An option that takes a TCP port; 0 stands for a free one. */
export const portOption = (flag: string, description: string, ordinary: number): Option =>
  new Option(`${flag} <port>`, description).argParser(parsePort).default(ordinary);

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It takes a number from 0 to 65535.");
}
