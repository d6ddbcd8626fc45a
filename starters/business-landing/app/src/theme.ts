export type Theme = "system" | "light" | "dark";

/** Sets `data-palette` and `data-theme` on <html>; styles.css picks the colours. "system" follows the device. */
export function applyTheme(palette: string, theme: Theme): void {
  const html = document.documentElement;
  html.dataset.palette = palette;
  if (theme !== "system") {
    html.dataset.theme = theme;
    return;
  }
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    html.dataset.theme = device.matches ? "dark" : "light";
  };
  follow();
  device.addEventListener("change", follow);
}
