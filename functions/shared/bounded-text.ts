/** Bytes of text that a status keeps; a stack trace must not fill the item (DynamoDB: 400 KB). */
export const textLimitBytes = 2048;

const mark = "… [truncated]";

/** The text within the limit in UTF-8; a longer one ends with a mark and never within a character. */
export function boundedText(text: string, limitBytes = textLimitBytes): string {
  const bytes = Buffer.from(text, "utf8");
  // Through bytes, so that a lone surrogate reads back as it is stored.
  if (bytes.length <= limitBytes) return bytes.toString("utf8");
  let end = limitBytes - Buffer.byteLength(mark);
  while (isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end).toString("utf8") + mark;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
