/**
 * Keeps the application itself, so that it starts without the server. It never touches what the API
 * says: the page keeps that, for one person. A new version waits until the page asks for it.
 */
const { version, files } = JSON.parse("__SHELL__");
const shell = `shell-${version}`;

self.addEventListener("install", (event) => {
  const fresh = ["/", ...files].map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("shell-") && name !== shell;
  // Another page may still be of the version before, and fetch parts of it.
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter(old)
            .slice(0, -1)
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(keptFirst(request));
  else if (request.mode === "navigate" && !pathname.startsWith("/api/")) {
    event.respondWith(fetch(request).catch(() => caches.match("/")));
  }
});

async function keptFirst(request) {
  return (await caches.match(request)) ?? fetch(request);
}
