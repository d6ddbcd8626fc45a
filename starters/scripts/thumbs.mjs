// Makes `<id>/thumb.webp` (640 x 400, at most 40 KB) of every starter, or of those named: `npm run thumbs -- kanban`.
// A starter may name what to do before the picture in `thumb.mjs`: export default async (page) => {...}.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openPage, root, starterIds, withApp, withChromium } from "./shots.mjs";

const MAX_BYTES = 40 * 1024;
const ids = process.argv.slice(2);

await withChromium(async (browser) => {
  for (const id of ids.length ? ids : starterIds()) {
    if (id.startsWith("_")) continue;
    await withApp(join(root, id, "app"), async (url) => {
      const page = await openPage(browser, url, { width: 1280, height: 800, scheme: "light" });
      const prepare = join(root, id, "thumb.mjs");
      if (existsSync(prepare)) await (await import(pathToFileURL(prepare).href)).default(page);
      await page.waitForTimeout(600);
      const png = (await page.screenshot({ type: "png" })).toString("base64");
      // Chromium itself turns the picture into a small WebP.
      let webp;
      for (let quality = 0.9; quality > 0.2; quality -= 0.1) {
        webp = await page.evaluate(async ([data, q]) => {
          const image = new Image();
          image.src = `data:image/png;base64,${data}`;
          await image.decode();
          const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 400 });
          const context = canvas.getContext("2d");
          context.imageSmoothingQuality = "high";
          context.drawImage(image, 0, 0, 640, 400);
          return canvas.toDataURL("image/webp", q).split(",")[1];
        }, [png, quality]);
        if (Buffer.byteLength(webp, "base64") <= MAX_BYTES) break;
      }
      writeFileSync(join(root, id, "thumb.webp"), Buffer.from(webp, "base64"));
      process.stdout.write(`${id}: ${Buffer.byteLength(webp, "base64")} bytes\n`);
      await page.context().close();
    });
  }
});
