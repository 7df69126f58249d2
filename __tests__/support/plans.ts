import type { StackDocument } from "./synthesis";

/** A stack for a snapshot: what the code's own bytes decide is no part of the reviewed plan. */
export function withoutHashes(document: StackDocument): unknown {
  const text = JSON.stringify(document)
    .replaceAll(/(assets\/\w+\/)[0-9a-f]{64}/g, "$1<hash>")
    .replaceAll(/"source_code_hash":"[^"]+"/g, '"source_code_hash":"<hash>"');
  return JSON.parse(text) as unknown;
}
