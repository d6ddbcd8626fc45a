// Looks at starters in Chromium: screenshots at 390, 768 and 1440 px, light and dark, axe with colours, and
// what the console says; then the contrast of every palette. `npm run look -- kanban` for one, `npm run look -- /path/to/an/app` for any folder. Pictures: .look/
import axe from "axe-core";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { parse } from "smol-toml";
import { openPage, root, starterIds, withApp, withChromium } from "./shots.mjs";

const SIZES = [[390, 844], [768, 1024], [1440, 900]];
const wanted = process.argv.slice(2);
const out = join(root, ".look");
mkdirSync(out, { recursive: true });
let faults = 0;

await withChromium(async (browser) => {
  for (const id of wanted.length ? wanted : starterIds()) {
    const folder = isAbsolute(id) ? id : join(root, id, "app");
    await withApp(folder, async (url) => {
      for (const scheme of ["light", "dark"]) {
        for (const [width, height] of SIZES) {
          const problems = [];
          const page = await openPage(browser, url, { width, height, scheme, problems });
          await page.waitForTimeout(400);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          if (overflow > 0) problems.push(`scrolls sideways by ${overflow} px`);
          await page.evaluate(axe.source);
          const found = await page.evaluate(() => window.axe.run(document));
          for (const v of found.violations) {
            problems.push(`axe ${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.any[0]?.message ?? ""}`).join("\n      ")}`);
          }
          const shot = join(out, `${basename(id)}-${width}-${scheme}.png`);
          await page.screenshot({ path: shot, fullPage: true });
          faults += problems.length;
          process.stdout.write(`${id} ${width} ${scheme}: ${problems.length ? problems.join("\n    ") : "clean"}\n`);
          await page.context().close();
        }
        for (const palette of palettes(join(root, id, "starter.toml"))) {
          const page = await openPage(browser, url, { width: 1440, height: 900, scheme });
          await page.evaluate((name) => (document.documentElement.dataset.palette = name), palette);
          // Transitions of colours are over by then.
          await page.waitForTimeout(500);
          await page.evaluate(axe.source);
          const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["color-contrast"] }));
          for (const node of found.violations.flatMap((v) => v.nodes)) {
            faults += 1;
            process.stdout.write(`${id} ${palette} ${scheme}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}\n`);
          }
          await page.context().close();
        }
      }
    });
  }
});

function palettes(manifest) {
  return existsSync(manifest) ? parse(readFileSync(manifest, "utf8")).palettes.map((p) => p.name) : [];
}

process.exitCode = faults ? 1 : 0;
