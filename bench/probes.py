"""What runs inside the browser: clocks, and the bare pages that are the limit. No word of the product's code."""

from __future__ import annotations

# Before anything of the page, so that nothing of the page can hide a key from it.
NOTE_KEYS = "addEventListener('keydown', (event) => { window.__keyAt = event.timeStamp; }, true);"

# From the key to the frame after the one in which the picture's canvas has other pixels.
WATCH_KEYS = """() => {
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("canvas.picture")) return element;
      const inside = element.shadowRoot && find(element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const canvas = find(document);
  const context = canvas.getContext("2d");
  const look = () => context.getImageData(canvas.width >> 1, canvas.height >> 1, 8, 8).data.join();
  window.__keys = [];
  let before = look();
  const watch = () => {
    const seen = look();
    if (seen !== before && window.__keyAt) {
      const at = window.__keyAt;
      window.__keyAt = null;
      requestAnimationFrame(() => window.__keys.push(performance.now() - at));
    }
    before = seen;
    requestAnimationFrame(watch);
  };
  watch();
}"""

# Six pictures decoded beforehand, drawn by the key's own event: as fast as a page can be.
BARE_KEYS = """<!doctype html><canvas class="picture" width="1920" height="1080"></canvas><script>
const context = document.querySelector("canvas").getContext("2d");
let shown = 0;
Promise.all(MEDIA_IDS.map(async (id) => {
  const answer = await fetch(`/api/media/${id}/picture?size=original`);
  return createImageBitmap(await answer.blob());
})).then((bitmaps) => {
  const draw = () => context.drawImage(bitmaps[shown++ % bitmaps.length], 0, 0);
  draw();
  addEventListener("keydown", draw);
  window.__ready = true;
});
</script>"""

# From the click to the frame in which all thumbnails within the window are decoded.
WATCH_THUMBNAILS = """(expected) => {
  window.__thumbnails = null;
  let clickedAt = null;
  addEventListener("click", (event) => { clickedAt ??= event.timeStamp; }, true);
  const images = (root) => {
    const found = [...root.querySelectorAll("img[src*='size=thumb']")];
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) found.push(...images(element.shadowRoot));
    return found;
  };
  const inView = (image) => {
    const box = image.getBoundingClientRect();
    return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
  };
  const watch = async () => {
    const all = clickedAt === null ? [] : images(document);
    const seen = all.filter(inView);
    if (all.length === expected && seen.length > 0 && seen.every((image) => image.complete && image.naturalWidth > 0)) {
      await Promise.all(seen.map((image) => image.decode()));
      requestAnimationFrame(() => { window.__thumbnails = performance.now() - clickedAt; });
      return;
    }
    requestAnimationFrame(watch);
  };
  watch();
}"""

BARE_THUMBNAILS = """<!doctype html><a href="#" role="link">Browse</a><main></main><script>
document.querySelector("a").addEventListener("click", () => {
  const tiles = MEDIA_IDS.map((id) =>
    `<img src="/api/media/${id}/picture?size=thumb" width="230" height="130" loading="lazy">`);
  document.querySelector("main").innerHTML = tiles.join("");
});
</script>"""
