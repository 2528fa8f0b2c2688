// Bundles static/src into static/dist: hashed names, a manifest, and a sprite of the icons in use.
// Run by hatch_build.py; by hand: node static/src/build.mjs
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const modules = path.join(root, "node_modules");
const dist = path.join(root, "static/dist");
const fresh = path.join(root, "static/.dist-new");
// The oldest browsers seen in town halls.
const target = ["chrome109", "firefox115", "safari15.6"];

function icons() {
  const names = JSON.parse(fs.readFileSync(path.join(here, "icons.json"), "utf8"));
  const symbols = names.map((name) => {
    const set = name.endsWith("-fill") ? "fill" : "regular";
    const file = path.join(modules, "@phosphor-icons/core/assets", set, `${name}.svg`);
    const svg = fs.readFileSync(file, "utf8");
    return svg
      .replace(/<svg[^>]*>/, `<symbol id="${name}" viewBox="0 0 256 256">`)
      .replace("</svg>", "</symbol>");
  });
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
  const hash = createHash("sha256").update(sprite).digest("hex").slice(0, 8).toUpperCase();
  fs.writeFileSync(path.join(fresh, `icons-${hash}.svg`), sprite);
  return `icons-${hash}.svg`;
}

// What the server itself reads: the language data of OCR, and the typeface as TTF for PDF files.
function forServer() {
  const tessdata = path.join(fresh, "tessdata");
  fs.mkdirSync(tessdata);
  for (const language of ["bul", "eng"]) {
    const file = `@tesseract.js-data/${language}/4.0.0_best_int/${language}.traineddata.gz`;
    const data = gunzipSync(fs.readFileSync(path.join(modules, file)));
    fs.writeFileSync(path.join(tessdata, `${language}.traineddata`), data);
  }
  const fonts = path.join(fresh, "fonts");
  fs.mkdirSync(fonts);
  for (const [folder, name] of [["400Regular", "Regular"], ["700Bold", "Bold"]]) {
    const file = `@expo-google-fonts/sofia-sans/${folder}/SofiaSans_${folder}.ttf`;
    fs.copyFileSync(path.join(modules, file), path.join(fonts, `SofiaSans-${name}.ttf`));
  }
}

async function bundle() {
  fs.rmSync(fresh, { recursive: true, force: true });
  fs.mkdirSync(fresh, { recursive: true });
  const css = path.join(fresh, "style.css");
  fs.writeFileSync(css, sass.compile(path.join(here, "scss/style.scss"), { loadPaths: [modules] }).css);
  const result = await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    metafile: true,
    target,
    outdir: fresh,
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    nodePaths: [modules],
    legalComments: "linked",
    entryPoints: {
      app: "static/src/js/app.js",
      editor: "static/src/js/editor.js",
      upload: "static/src/js/upload.js",
      practice: "static/src/js/practice.js",
      style: css,
    },
  });
  const manifest = { "icons.svg": icons() };
  for (const [file, output] of Object.entries(result.metafile.outputs)) {
    if (!output.entryPoint) continue;
    const name = path.basename(file).replace(/-[A-Z0-9]{8}\./, ".");
    manifest[name] = path.basename(file);
  }
  fs.rmSync(css);
  fs.writeFileSync(path.join(fresh, "manifest.json"), JSON.stringify(manifest, null, 1));
}

// Text files, packed once for the browsers that take them so: all of them do.
function pack() {
  for (const name of fs.readdirSync(fresh)) {
    if (!/\.(css|js|svg)$/.test(name)) continue;
    const data = fs.readFileSync(path.join(fresh, name));
    fs.writeFileSync(path.join(fresh, `${name}.gz`), gzipSync(data, { level: 9 }));
  }
}

await bundle();
forServer();
pack();
// The old files stay until the new ones are whole.
fs.rmSync(dist, { recursive: true, force: true });
fs.renameSync(fresh, dist);
