/** Texts of others in GitHub's and GitLab's Markdown: they are shown as they are, and do nothing there. */

/** Most names: nothing in them means anything in Markdown. */
const plainName = /^[\w.:/=,-]+(?: [\w.:/=,-]+)*$/;

/** A name or a value as code, also in a cell of a table. */
export function code(text: string): string {
  const line = oneLine(text);
  return plainName.test(line) ? `\`${line}\`` : `<code>${withEntities(line)}</code>`;
}

/** A sentence of somebody as text, also in a cell of a table: no mention, link, reference or markup comes of it. */
export const prose = (text: string): string => withEntities(withoutMentions(oneLine(text)));

/** What a program printed, as a block that it cannot end. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text.trimEnd()}\n${fence}`;
}

/** Breaks what GitHub would notify somebody of, wherever in a text it stands. */
export const withoutMentions = (text: string): string => text.replaceAll(/@(?=[\w[-])/g, "@\u200b");

/** A control character may turn the direction of a text, or end its line. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();

/** References as numbers: Markdown reads them as text, whatever it makes of the character itself. */
const withEntities = (text: string): string =>
  text.replaceAll(/[&<>"'`*_[\]|~#$!\\:()]/g, (character) => `&#${character.charCodeAt(0)};`);
