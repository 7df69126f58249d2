import { join } from "node:path";
import { readFileSync } from "node:fs";
import { root } from "../../scripts/lib/paths";
import { tableReference } from "../../scripts/lib/table-reference";
import { catalogue } from "../../tables/catalogue";
import { runScript } from "../support/scripts";

describe("the reference page of the tables", () => {
  it("is what the specs say; `npm run docs:tables` writes it", async () => {
    const { code, stderr } = await runScript("document-tables", ["--check"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(join(root, "docs/tables.md"), "utf8")).toBe(tableReference(catalogue));
  });

  it("names every table, index and attribute", () => {
    const page = tableReference(catalogue);
    for (const spec of catalogue) {
      const names = [
        spec.name.replace("<env>", "prod"),
        ...Object.keys(spec.indexes),
        ...Object.keys(spec.attributes),
      ];
      for (const name of names) expect(page).toContain(`\`${name}\``);
    }
  });

  it("says capacity and expiry in words", () => {
    const page = tableReference(catalogue);
    expect(page).toContain("provisioned, 10 read and 10 write units, autoscaled to 100 at 70 %");
    expect(page).toContain("TTL on `expiresAt`, 90 days");
  });
});
