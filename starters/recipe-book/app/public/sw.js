// Makes the app work without a network: what was fetched once is kept, and used when the network does not answer.
const CACHE = "app-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // Pages, scripts, styles and pictures have a destination; calls to an API have none and are left alone.
  if (request.method !== "GET" || request.destination === "" || !request.url.startsWith("http")) return;
  event.respondWith(fromNetworkThenCache(request));
});

async function fromNetworkThenCache(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw error;
  }
}
