import { load, save } from "./storage";

export type Theme = "system" | "light" | "dark";

/** A person's choice holds against one setting of config.json: another setting begins afresh. */
const keyFor = (theme: Theme): string => `tiles.theme.${theme}`;

/** Sets `data-palette` and `data-theme` on <html>; styles.css picks the colours. A person's own choice comes first. */
export function applyTheme(palette: string, theme: Theme): void {
  const html = document.documentElement;
  html.dataset.palette = palette;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const wanted = load<Theme>(keyFor(theme), theme);
    html.dataset.theme = wanted === "system" ? (device.matches ? "dark" : "light") : wanted;
  };
  follow();
  device.addEventListener("change", follow);
}

/** Switches between light and dark and remembers it. Answers the theme that is on now. */
export function toggleTheme(theme: Theme): "light" | "dark" {
  const html = document.documentElement;
  const next = html.dataset.theme === "dark" ? "light" : "dark";
  html.dataset.theme = next;
  save(keyFor(theme), next);
  return next;
}
