/**
 * Works on all elements, some at once, in their order; gives the results in that order.
 *
 * @param isOver asked before each element: true begins no further one, and the results end there.
 */
export async function inParallel<T, Result>(
  elements: readonly T[],
  atOnce: number,
  work: (element: T) => Promise<Result>,
  isOver: () => boolean = () => false,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < elements.length && !isOver()) {
      const index = next;
      next += 1;
      results[index] = await work(elements[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, elements.length) }, worker));
  return results;
}
