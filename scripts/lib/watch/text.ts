/** Text that servers wrote, made fit for a terminal. */

/**
 * White space of any kind becomes a space, and what could drive a terminal or turn the reading direction a
 * visible replacement: escape sequences, C1 controls, bidirectional overrides, halves of characters.
 */
export const printable = (text: string): string =>
  text.replace(/\s+/gu, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\u{FFFD}");

/** The same for text of several lines that arrives in parts: line feeds, tabs and every space stay. */
export const printableLines = (text: string): string =>
  text.replace(/\r/g, "").replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\u{FFFD}");

/** JSON in one line that is harmless in a terminal as well; it parses to the very same value. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );

/** The text, or as much of its beginning as fits into so many columns, with an ellipsis. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const character of characters(text)) {
    width += characterWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : "";
}

export const displayWidth = (text: string): number =>
  characters(text).reduce((width, character) => width + characterWidth(character), 0);

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const characters = (text: string): readonly string[] =>
  [...segmenter.segment(text)].map(({ segment }) => segment);

const isWide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303E\uFE0F\uFF01-\uFF60]/u;

/** East Asian characters and emoji take two columns; too few would be counted for none of the usual ones. */
const characterWidth = (character: string): number => (isWide.test(character) ? 2 : 1);

/** A duration as people say it: 17.1s, 2m 05s, 1h 02m, 3d 04h. */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  if (hours >= 24) return `${Math.floor(hours / 24)}d ${twoDigits(hours % 24)}h`;
  if (hours > 0) return `${hours}h ${twoDigits(minutes % 60)}m`;
  return `${minutes}m ${twoDigits(whole % 60)}s`;
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");
