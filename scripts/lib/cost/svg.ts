/** Markup that is well-formed whatever the texts in it. */

export type Markup = string & { readonly kind: "markup" };

export const text = (words: string): Markup => escaped(words) as Markup;

export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly Markup[] = [],
): Markup {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const open = `<${name}${written.join("")}`;
  return (children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`) as Markup;
}

/** XML 1.0 has no control characters but these three. */
const escaped = (words: string): string =>
  words
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
