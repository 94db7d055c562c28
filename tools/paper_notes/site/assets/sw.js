// Keeps what was read, so that it can be read again without a network.
// Addresses with a mark of content (?v=…) never change: the kept copy is used. Pages are asked for
// anew first, so that an update shows at once; their kept copy serves when nobody answers.
const CACHE = "paper-notes";
const SCOPE = self.registration.scope;
const OFFLINE = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'"><title>Offline – Paper Notes</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<h1>You are offline</h1><p>This page has not been read on this device before.</p>
<p lang="ja">オフラインである。このページはこの端末でまだ読まれていない。</p>
<p><a href="${SCOPE}en/">English</a> <a href="${SCOPE}ja/" lang="ja">日本語</a></p></html>`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = request.method === "GET" && url.href.startsWith(SCOPE);
  if (!ours || url.pathname.includes("/livereload/")) return;
  event.respondWith(url.searchParams.has("v") ? marked(request) : newest(request));
});

// The first page was loaded before there was a worker; it says what it consists of.
self.addEventListener("message", (event) => {
  const ours = event.data.filter((address) => address.startsWith(SCOPE));
  event.waitUntil(Promise.allSettled(ours.map(keep)));
});

async function keep(address) {
  const cache = await caches.open(CACHE);
  if (await cache.match(place(address))) return;
  const answer = await fetch(address);
  if (answer.ok) await cache.put(place(address), answer);
}

async function marked(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      await cache.delete(request, { ignoreSearch: true }); // what it was before
      await cache.put(request, answer.clone());
    }
    return answer;
  } catch (error) {
    const other = await cache.match(request, { ignoreSearch: true });
    if (other) return other;
    throw error;
  }
}

async function newest(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request, { cache: "no-cache" }); // hosts let browsers keep pages for minutes
    if (answer.ok) await cache.put(place(request.url), answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(place(request.url));
    if (kept) return kept;
    if (request.mode !== "navigate") throw error;
    return new Response(OFFLINE, { headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}

// Pages are the same whatever a script reads from their query; marks are part of the address.
function place(address) {
  const url = new URL(address);
  url.hash = "";
  if (!url.searchParams.has("v")) url.search = "";
  return url.href;
}
