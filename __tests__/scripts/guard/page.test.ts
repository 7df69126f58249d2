import { rules } from "../../../scripts/lib/guard/rules";
import { pages as waysOut } from "../../../scripts/lib/guard/ways-out";
import { pages, readPage } from "../../support/documents";

/** As GitHub and GitLab make them of headings. */
const anchors = (page: string): readonly string[] =>
  [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );

describe("the page of the guard", () => {
  const rows = [...readPage("docs/guard.md").matchAll(/^\| `([\w-]+)` +\| (.+?) +\|/gm)];

  it("has every rule with its title, in the order in which they are judged", () => {
    expect(rows.map(([, id, title]) => ({ id, title }))).toEqual(
      rules.map(({ id, title }) => ({ id, title })),
    );
  });

  it("and the rest that refusals point at are there, to the heading", () => {
    for (const target of Object.values(waysOut)) {
      const [page = "", anchor] = target.split("#");
      expect(pages()).toContain(page);
      expect(anchors(page)).toContain(anchor);
    }
  });

  it("links to headings that exist", () => {
    const links = [...readPage("docs/guard.md").matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g)];

    expect(links.length).toBeGreaterThanOrEqual(rules.length);
    for (const [, page, anchor] of links) {
      expect(anchors(page === "" ? "docs/guard.md" : `docs/${page}`)).toContain(anchor);
    }
  });

  it("is where the runbook of changes points", () => {
    expect(readPage("docs/runbooks/change-a-table.md")).toContain("(../guard.md)");
  });
});
