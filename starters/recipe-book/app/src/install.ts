import { config } from "./config";

/** Lets the app be put on a home screen under its own name and be opened without a network, where the browser can. */
export function makeInstallable(): void {
  nameManifest();
  // Inside another page (a preview) or without support there is nothing to install.
  if (window.top !== window.self || !("serviceWorker" in navigator)) return;
  window.addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").catch(() => {
      // The app works the same with a network.
    });
  });
}

/** public/manifest.webmanifest has the name that the app began with; config.json has the one it has now. */
function nameManifest(): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
  if (!link) return;
  const { origin } = window.location;
  const icon = { src: `${origin}/icon.svg`, sizes: "any", type: "image/svg+xml" };
  const manifest = {
    name: config.title,
    short_name: config.title,
    description: config.tagline,
    start_url: `${origin}/`,
    scope: `${origin}/`,
    display: "standalone",
    icons: [
      { ...icon, purpose: "any" },
      { ...icon, purpose: "maskable" },
    ],
  };
  link.href = `data:application/manifest+json,${encodeURIComponent(JSON.stringify(manifest))}`;
}
