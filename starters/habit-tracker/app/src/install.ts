/** Lets the app be put on a home screen and opened without a network, where the browser can. The name and icon are in public/. */
export function makeInstallable(): void {
  // Inside another page (a preview) or without support there is nothing to install.
  if (window.top !== window.self || !("serviceWorker" in navigator)) return;
  window.addEventListener("load", () => {
    navigator.serviceWorker.register("/sw.js").catch(() => {
      // The app works the same with a network.
    });
  });
}
