/** What a call is refused for, whatever carries it: HTTP, a direct invocation or the library. */

/** Why, by the status that HTTP has for it (docs/apis.md, "Errors"). */
export const refusalStatus = {
  malformed: 400,
  unauthenticated: 401,
  "not-found": 404,
  conflict: 409,
  contended: 409,
  "too-large": 413,
  invalid: 422,
  throttled: 429,
} as const;
export type RefusalCode = keyof typeof refusalStatus;

/** What every error of every interface looks like to its caller. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

/** A call that was refused, and changed nothing. Its message says what to do and never repeats the input. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }

  /** Whether the same call may succeed a little later. */
  get isPassing(): boolean {
    return this.code === "contended" || this.code === "throttled";
  }

  get body(): ErrorBody {
    const { code, message, field } = this;
    return { error: { code, message, ...(field && { field }) } };
  }
}
