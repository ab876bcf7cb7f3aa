// Build steps of this bundle.
import { readFileSync } from "node:fs";

/**
 * Annotorious draws shapes at rest with pixi.js on a WebGL canvas of twice the stage's size: some 30 ms a frame
 * where there is no graphics card, an error where a Content-Security-Policy forbids eval, and no label, no dash,
 * no least size. overlay.js draws them as SVG instead; the renderer is replaced by one that does nothing. pixi.js
 * comes inside Annotorious' own file, so it can be neither aliased nor patched from a module of ours.
 */
const withoutWebGL = {
  name: "annotorious-without-webgl",
  setup(build) {
    build.onLoad({ filter: /@annotorious[\\/]openseadragon[\\/]dist[\\/].*\.es\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const creation = /=\s*\w+\(\{\s*width: \w+\.width,\s*height: \w+\.height,\s*backgroundAlpha: 0,[^}]*\}\)/g;
      const found = text.match(creation) ?? [];
      if (found.length !== 1) throw new Error("Annotorious creates its renderer in another way now: look at plugins.mjs");
      return { contents: text.replace(creation, "= { resize() {}, render() {}, destroy() {} }"), loader: "js" };
    });
  },
};

export const plugins = [withoutWebGL];
