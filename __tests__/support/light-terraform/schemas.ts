/** A provider's answer to GetSchema (terraform-plugin-go, tfplugin5.proto), read without its messages' types. */

import type { ClientHttp2Session } from "node:http2";

export const schemaPath = "/tfplugin5.Provider/GetSchema";

/** Fields of the answer that are maps by type: resources, data sources, ephemeral resources. */
const byType = new Set([2, 3, 8]);
const [varint, delimited] = [0, 2];
/** A message in gRPC: whether it is compressed, and its length. */
const prefixBytes = 5;

/** @throws Error when the provider answers with none. */
export async function readSchemas(session: ClientHttp2Session): Promise<Buffer> {
  const request = session.request({
    ":method": "POST",
    ":path": schemaPath,
    "content-type": "application/grpc",
    te: "trailers",
  });
  request.end(Buffer.alloc(prefixBytes));
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks);
  if (answer.length <= prefixBytes) throw new Error("The provider tells no schemas.");
  return answer.subarray(prefixBytes);
}

/** @returns the message as gRPC sends it. */
export function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/**
 * Leaves the schemas of some types only; everything else stays as the provider tells it.
 *
 * @throws Error when the message is none of Protocol Buffers that Terraform uses.
 */
export function onlyTypes(message: Buffer, types: ReadonlySet<string>): Buffer {
  const kept: Buffer[] = [];
  let at = 0;
  while (at < message.length) {
    const from = at;
    const tag = readVarint(message, at);
    const value = readVarint(message, tag.next);
    const kind = tag.value & 7;
    if (kind !== varint && kind !== delimited) throw new Error(`Unknown wire type ${kind} at ${from}.`);
    at = kind === varint ? value.next : value.next + value.value;
    if (!byType.has(tag.value >> 3) || types.has(keyAt(message, value.next))) {
      kept.push(message.subarray(from, at));
    }
  }
  return Buffer.concat(kept);
}

/** A map's entry begins with its key. */
function keyAt(message: Buffer, at: number): string {
  const length = readVarint(message, readVarint(message, at).next);
  return message.toString("utf8", length.next, length.next + length.value);
}

function readVarint(message: Buffer, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  for (let next = at, weight = 1; ; next += 1, weight *= 128) {
    const byte = message.readUInt8(next);
    value += (byte & 127) * weight;
    if (byte < 128) return { value, next: next + 1 };
  }
}
