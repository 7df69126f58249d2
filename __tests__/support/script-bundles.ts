/** Jest's global set-up: what the tests start of `scripts/`, each as one file. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../../scripts/lib/paths";
import { makeOwnFolder } from "../../scripts/local/abandoned-folders";

/** Names the folder of the bundles. */
export const bundlesVariable = "SCRIPT_BUNDLES";

/** A file finds what lies beside it where its source is. */
const ownFolders: Plugin = {
  name: "own-folders",
  setup: (bundling) =>
    bundling.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll("__dirname", JSON.stringify(dirname(path))),
      loader: "ts",
    })),
};

/**
 * Starting a script takes half a second of CPU time less without tsx, which reads its two hundred files one by one.
 * It is the same compiler (tsx starts esbuild), and packages are those that are installed. The commands of the pages
 * are run by npm, with tsx (documented-commands.test.ts).
 */
export default async function bundleScripts(): Promise<void> {
  const outdir = makeOwnFolder("scripts");
  const scripts = readdirSync(join(root, "scripts")).filter((name) => name.endsWith(".ts"));
  await build({
    entryPoints: scripts.map((name) => join(root, "scripts", name)),
    outdir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    plugins: [ownFolders],
    logLevel: "warning",
  });
  process.env[bundlesVariable] = outdir;
}
