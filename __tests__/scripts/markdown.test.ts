/** What others write, in a comment: shown, and nothing more. */

import { code, fenced, prose, withoutMentions } from "../../scripts/lib/markdown";

it.each([
  ["agent-profiles", "`agent-profiles`"],
  ["brand_processing_status_dev", "`brand_processing_status_dev`"],
  ["</details>", "<code>&#60;/details&#62;</code>"],
  ["a`b", "<code>a&#96;b</code>"],
  ["one | two", "<code>one &#124; two</code>"],
  ["line\n## heading", "<code>line &#35;&#35; heading</code>"],
  ["\u202eevil", "`evil`"],
])("%j as code is %j", (text, shown) => {
  expect(code(text)).toBe(shown);
});

it("a reason mentions nobody, links nowhere and ends no cell", () => {
  const shown = prose("copied @team/owners | see [here](http://x) and #12 <b>");
  expect(shown).not.toMatch(/@t|[[\]|<>()#](?!\d)|http:/);
  expect(shown).toBe(
    "copied @\u200bteam/owners &#124; see &#91;here&#93;&#40;http&#58;//x&#41; and &#35;12 &#60;b&#62;",
  );
});

it("output cannot end the block that it stands in", () => {
  expect(fenced("before\n```\n# after\n")).toBe("````text\nbefore\n```\n# after\n````");
});

it("a mention is broken wherever it stands, and an address stays readable", () => {
  expect(withoutMentions('"Owner": "@team"')).toBe('"Owner": "@\u200bteam"');
});
