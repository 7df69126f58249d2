import type { Variables } from "./environments";

/** The account that the local AWS plays; moto's default. */
export const localAccountId = "123456789012";

/** Never real credentials: what runs against the local AWS must be worthless elsewhere. */
export const localCredentials = { accessKey: "local", secretKey: "local" } as const;

/** AWS_ENDPOINT_URL when it points at this machine, else nothing. */
export function loopbackEndpoint(variables: Variables): string | undefined {
  const endpoint = variables["AWS_ENDPOINT_URL"];
  return endpoint !== undefined && isLoopback(endpoint) ? endpoint : undefined;
}

/** Whether a URL can only reach this machine. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const loopback = hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === "http:" && loopback;
}
