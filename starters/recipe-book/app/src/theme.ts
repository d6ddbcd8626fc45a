import { load, save } from "./storage";

export type Theme = "system" | "light" | "dark";

/** A person's choice holds against one setting of config.json: another setting begins afresh. */
const keyFor = (setting: Theme): string => `app.theme.${setting}`;

/** The person's own choice, or what config.json says. */
export const currentTheme = (fallback: Theme): Theme => load<Theme>(keyFor(fallback), fallback);

/** Sets `data-palette` and `data-theme` on <html>; styles.css picks the colours. "system" follows the device. */
export function applyTheme(palette: string, fallback: Theme): void {
  const html = document.documentElement;
  html.dataset.palette = palette;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const theme = currentTheme(fallback);
    html.dataset.theme = theme === "system" ? (device.matches ? "dark" : "light") : theme;
    colorBrowserBar();
  };
  follow();
  device.addEventListener("change", follow);
}

export function chooseTheme(palette: string, setting: Theme, theme: Theme): void {
  save(keyFor(setting), theme);
  applyTheme(palette, setting);
}

/** Gives the bar around an installed app the colour of the page. */
function colorBrowserBar(): void {
  const canvas = getComputedStyle(document.documentElement).backgroundColor;
  const meta = document.querySelector('meta[name="theme-color"]');
  if (canvas && canvas !== "rgba(0, 0, 0, 0)") meta?.setAttribute("content", canvas);
}
