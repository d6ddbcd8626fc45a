// What `look` and `thumbs` share: the starters, a Vite server for one app, and Chromium.
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { createServer } from "vite";

export const root = resolve(import.meta.dirname, "..");

export const starterIds = () =>
  readdirSync(root)
    .filter((name) => existsSync(join(root, name, "app/index.html")))
    .sort();

/** Serves the app in `folder` and calls `use` with its address. */
export async function withApp(folder, use) {
  const server = await createServer({
    root: folder,
    configFile: join(folder, "vite.config.ts"),
    cacheDir: join(root, "node_modules/.vite", folder.replace(/\W+/g, "-")),
    logLevel: "error",
    server: { port: 0, host: "127.0.0.1" },
  });
  await server.listen();
  try {
    return await use(`http://127.0.0.1:${server.httpServer.address().port}/`);
  } finally {
    await server.close();
  }
}

export async function withChromium(use) {
  const executablePath = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!executablePath) throw new Error("Chromium was not found: install Debian's `chromium` or set CHROMIUM to its path");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** A page at a size and in a colour scheme, which reports everything that goes wrong in it. */
export async function openPage(browser, url, { width, height, scheme, scale = 1, problems = [] }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: scale, hasTouch: width < 600 });
  const page = await context.newPage();
  page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
  page.on("pageerror", (e) => problems.push(String(e)));
  page.on("request", (r) => {
    if (!/^(data|blob):/.test(r.url()) && new URL(r.url()).hostname !== "127.0.0.1") problems.push(`asked for ${r.url()}`);
  });
  await page.goto(url, { waitUntil: "networkidle" });
  return page;
}
