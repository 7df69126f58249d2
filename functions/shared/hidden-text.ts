/**
 * Characters that people do not see as what they are: control characters steer terminals, line separators break lines,
 * and format characters turn text around or hide text; tags and supplementary variation selectors spell whole
 * sentences that nobody sees. Joiners and soft hyphens are of ordinary writing. A half of a surrogate pair is none.
 */
const hidden = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u{e0100}-\u{e01ef}]|(?![\u00ad\u200c\u200d])\p{Cf}/u;
const allHidden = new RegExp(hidden, "gu");

export const hasHiddenText = (text: string): boolean => hidden.test(text);

/** The text with something to be seen in place of each of them. */
export const withoutHiddenText = (text: string, instead: string): string =>
  text.replaceAll(allHidden, instead);
