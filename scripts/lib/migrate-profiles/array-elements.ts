/**
 * Cuts a JSON array into the texts of its elements as its bytes come in. What is within an element does not
 * matter here: a bad one is its reader's to refuse, and the next one is found all the same. A parser of JSON
 * streams ends at the first mistake.
 */

/** Where an array goes on: at the comma or bracket behind its last element that is done. */
export interface ArrayPosition {
  readonly bytes: number;
  /** That are done. */
  readonly elements: number;
}

export type ArrayPart =
  | {
      readonly kind: "element";
      readonly index: number;
      readonly bytes: Buffer;
      readonly after: ArrayPosition;
    }
  | { readonly kind: "oversized"; readonly index: number; readonly after: ArrayPosition }
  /** Nothing from this element on can be read. */
  | { readonly kind: "broken"; readonly index: number; readonly reason: string };

const open = { brace: 0x7b, bracket: 0x5b } as const;
const close = { brace: 0x7d, bracket: 0x5d } as const;
const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];

/** JSON that DynamoDB takes nests less; without a limit a file of brackets would fill the memory. */
const deepest = 1_000;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * The parts of an array, in order.
 *
 * @param chunks the bytes from its opening bracket on, or from the position on.
 * @param start offset of the first byte.
 * @param limitBytes of one element; what is longer is passed over without being kept.
 */
export function* arrayParts(
  chunks: Iterable<Buffer>,
  { start, from, limitBytes }: { start: number; from: ArrayPosition | undefined; limitBytes: number },
): Generator<ArrayPart> {
  const scanner = new Scanner(start, from?.elements, limitBytes);
  for (const chunk of chunks) {
    for (const part of scanner.scan(chunk)) {
      yield part;
      if (part.kind === "broken") return;
    }
  }
  const { broken } = scanner.end();
  if (broken !== undefined) yield broken;
}

/** `behind` a value stands a comma or the closing bracket; `closed` is behind that. */
type State = "before" | "value" | "behind" | "closed";

class Scanner {
  private state: State;
  private index: number;
  private readonly closers: number[] = [];
  private isInString = false;
  private isEscaped = false;
  private kept: Buffer[] = [];
  private size = 0;

  constructor(
    private offset: number,
    elements: number | undefined,
    private readonly limitBytes: number,
  ) {
    this.state = elements === undefined ? "before" : "behind";
    this.index = elements ?? 0;
  }

  *scan(chunk: Buffer): Generator<ArrayPart> {
    let valueFrom = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk.readUInt8(at);
      if (this.state === "value") {
        const problem = this.look(byte);
        if (problem !== undefined) {
          yield this.broken(problem);
          return;
        }
        if (!this.isAtEnd(byte)) continue;
        this.keep(chunk.subarray(valueFrom, at));
        const part = this.cut(this.offset + at, byte === close.bracket);
        if (part !== undefined) yield part;
        this.state = byte === comma ? "value" : "closed";
        valueFrom = at + 1;
      } else if (!isSpace(byte)) {
        if (!this.isExpected(byte)) {
          yield this.broken("there is more behind its array");
          return;
        }
        this.state = byte === close.bracket ? "closed" : "value";
        valueFrom = at + 1;
      }
    }
    if (this.state === "value") this.keep(chunk.subarray(valueFrom));
    this.offset += chunk.length;
  }

  end(): { readonly broken: ArrayPart | undefined } {
    return { broken: this.state === "closed" ? undefined : this.broken("the file ends within its array") };
  }

  private isExpected(byte: number): boolean {
    if (this.state === "before") return byte === open.bracket;
    return this.state === "behind" && (byte === comma || byte === close.bracket);
  }

  private isAtEnd(byte: number): boolean {
    const isOutside = !this.isInString && this.closers.length === 0;
    return isOutside && (byte === comma || (byte === close.bracket && !this.wasCloser));
  }

  /** Whether the last byte closed something within the value. */
  private wasCloser = false;

  /** Follows strings and brackets; gives what is wrong with the latter. */
  private look(byte: number): string | undefined {
    this.wasCloser = false;
    if (this.isInString) {
      if (this.isEscaped) this.isEscaped = false;
      else if (byte === backslash) this.isEscaped = true;
      else if (byte === quote) this.isInString = false;
      return undefined;
    }
    if (byte === quote) this.isInString = true;
    else if (byte === open.brace) this.closers.push(close.brace);
    else if (byte === open.bracket) this.closers.push(close.bracket);
    else if (byte === close.brace || byte === close.bracket) return this.closeOne(byte);
    return this.closers.length > deepest ? `it nests deeper than ${deepest} levels` : undefined;
  }

  private closeOne(byte: number): string | undefined {
    const closer = this.closers.pop();
    // The array's own bracket.
    if (closer === undefined && byte === close.bracket) return undefined;
    this.wasCloser = true;
    return closer === byte ? undefined : "its brackets do not match";
  }

  private keep(bytes: Buffer): void {
    this.size += bytes.length;
    if (this.size > this.limitBytes) this.kept = [];
    // A copy: the chunk's memory is used again.
    else if (bytes.length > 0) this.kept.push(Buffer.from(bytes));
  }

  private cut(terminator: number, isLast: boolean): ArrayPart | undefined {
    const bytes = Buffer.concat(this.kept);
    const isOversized = this.size > this.limitBytes;
    const index = this.index;
    this.kept = [];
    this.size = 0;
    if (isLast && index === 0 && !isOversized && bytes.every(isSpace)) return undefined;
    this.index += 1;
    const after = { bytes: terminator, elements: this.index };
    return isOversized ? { kind: "oversized", index, after } : { kind: "element", index, bytes, after };
  }

  private broken(reason: string): ArrayPart {
    return { kind: "broken", index: this.index, reason };
  }
}
