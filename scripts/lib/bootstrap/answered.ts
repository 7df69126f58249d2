import { CouldNotTell, orAbort, reasonOf } from "../errors";

/**
 * Asks AWS for what may not be there.
 *
 * @param refusals HTTP statuses that are an answer.
 * @returns such a status in place of the answer.
 * @throws CouldNotTell for any other failure.
 */
export async function answered<T, Status extends number>(
  request: Promise<T>,
  signal: AbortSignal | undefined,
  refusals: readonly Status[],
): Promise<T | Status> {
  try {
    return await orAbort(request, signal);
  } catch (error) {
    signal?.throwIfAborted();
    const status = statusOf(error);
    const refusal = refusals.find((one) => one === status);
    if (refusal !== undefined) return refusal;
    throw new CouldNotTell(`AWS does not say what is there already: ${reasonOf(error)}.`);
  }
}

/** Every exception of the SDK has it (smithy: ServiceException). */
const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
