/** How much an answer holds (AWS: "Lambda quotas", 6 MB of a synchronous answer). */

/** What surrounds the elements, such as a cursor, has the rest of the 6 MB. */
export const answerBytes = 4 * 1024 * 1024;

/** In Lambda's answer the body is a text within JSON: its quotation marks are escaped twice. */
export const sentBytes = (value: object): number => Buffer.byteLength(JSON.stringify(JSON.stringify(value)));

/** The first elements of a list, as many as an answer holds in the form in which it shows them; one at least. */
export function fitting<T>(
  elements: readonly T[],
  view: (element: T) => object,
  limitBytes = answerBytes,
): readonly T[] {
  let bytes = 0;
  const end = elements.findIndex((element, index) => {
    bytes += sentBytes(view(element));
    return index > 0 && bytes > limitBytes;
  });
  return end === -1 ? elements : elements.slice(0, end);
}
