// Builds every components/<name>/frontend into components/<name>/dist (committed, so that running needs no Node).
//   node build.mjs            writes the bundles
//   node build.mjs <name>...  only these
//   node build.mjs --check    writes nothing; fails when a committed bundle is not what its sources give
import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

/** Names of the components that have a frontend, in order. */
function componentNames() {
  return readdirSync(HERE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(HERE, entry.name, "frontend/src/index.js")))
    .map((entry) => entry.name)
    .sort();
}

/** One line naming the packages that went in, with version and licence. */
function credits(metafile) {
  const found = new Map();
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.split(sep).join("/").match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (!match) continue;
    const about = JSON.parse(readFileSync(join(HERE, "node_modules", match[1], "package.json"), "utf8"));
    found.set(match[1], `${about.name} ${about.version} (${about.license})`);
  }
  return found.size ? `/*! Includes ${[...found.values()].sort().join(", ")} */\n` : "";
}

/** Bundles one component; gives [path below components/, text] for each file of its dist. */
async function bundle(name) {
  const source = join(HERE, name, "frontend/src");
  const pluginFile = join(HERE, name, "frontend/plugins.mjs");
  const plugins = existsSync(pluginFile) ? (await import(pathToFileURL(pluginFile))).plugins : [];
  const entries = { [name]: join(source, "index.js") };
  if (existsSync(join(source, "style.css"))) entries[`${name}-style`] = join(source, "style.css");
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: entries,
    outdir: join(HERE, name, "dist"),
    bundle: true,
    write: false,
    format: "esm",
    target: ["es2022"],
    minify: true,
    charset: "utf8",
    legalComments: "eof",
    loader: { ".svg": "dataurl", ".png": "dataurl" },
    metafile: true,
    logLevel: "warning",
    plugins,
  });
  const head = credits(result.metafile);
  return result.outputFiles
    .map((file) => {
      const path = relative(HERE, file.path).split(sep).join("/").replace(`${name}-style.css`, `${name}.css`);
      return [path, path.endsWith(".js") ? head + file.text : file.text];
    })
    .filter(([path]) => !path.endsWith("-style.js"));
}

const args = process.argv.slice(2);
const check = args.includes("--check");
const wanted = args.filter((arg) => !arg.startsWith("--"));
const stale = [];
for (const name of wanted.length ? wanted : componentNames()) {
  for (const [path, text] of await bundle(name)) {
    const file = join(HERE, path);
    if (check) {
      if (!existsSync(file) || readFileSync(file, "utf8") !== text) stale.push(path);
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      console.log(`${path}  ${(text.length / 1024).toFixed(0)} kB`);
    }
  }
}
if (stale.length) {
  console.error(`Not built from their sources: ${stale.join(", ")}. Run: npm run build`);
  process.exit(1);
}
