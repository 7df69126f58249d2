/** The body of InvokeAgent's answer, as Bedrock sends it (AWS: "InvokeAgent", response syntax). */

import { EventStreamCodec } from "@smithy/eventstream-codec";

/** An event of the stream: a part of the answer or of the trace, or what ends it before its time. */
export type StreamEvent =
  | { readonly kind: "event"; readonly name: "chunk" | "trace"; readonly payload: object }
  | { readonly kind: "exception"; readonly name: string; readonly message: string };

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

const header = (value: string) => ({ type: "string", value }) as const;

export function encodeEvent(event: StreamEvent): Buffer {
  const isException = event.kind === "exception";
  const headers = {
    ":message-type": header(event.kind),
    [isException ? ":exception-type" : ":event-type"]: header(event.name),
    ":content-type": header("application/json"),
  };
  const payload = isException ? { message: event.message } : event.payload;
  return Buffer.from(codec.encode({ headers, body: Buffer.from(JSON.stringify(payload)) }));
}

/** A part of the answer's text. */
export const textEvent = (text: string): StreamEvent => ({
  kind: "event",
  name: "chunk",
  payload: { bytes: Buffer.from(text).toString("base64") },
});
