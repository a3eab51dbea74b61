// Works without a network, read-only: the shell, and the last page seen with the time it was made.
// Nothing that moves money is ever queued: a form without a network fails where it stands.
const SHELL = "shell-__VERSION__", SEEN = "seen", FILES = [__SHELL__, "/offline"];
const READABLE = /^\/(m|care)(\/|$)/;
addEventListener("install", e => e.waitUntil(caches.open(SHELL).then(c => c.addAll(FILES)).then(() => skipWaiting())));
addEventListener("activate", e => e.waitUntil(caches.keys()
  .then(names => Promise.all(names.filter(n => n !== SHELL && n !== SEEN).map(n => caches.delete(n))))
  .then(() => clients.claim())));
addEventListener("fetch", e => {
  const u = new URL(e.request.url);
  if (e.request.method !== "GET" || u.origin !== location.origin) return;
  if (u.pathname.startsWith("/s/")) e.respondWith(caches.match(e.request).then(r => r || fetch(e.request)));
  else if (e.request.mode === "navigate") e.respondWith(visit(e.request, u));
});
async function visit(request, u) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected && READABLE.test(u.pathname) && !u.search) {
      (await caches.open(SEEN)).put(u.pathname, answer.clone());
    } else if (answer.headers.has("clear-site-data")) await caches.delete(SEEN);
    return answer;
  } catch {
    const seen = await caches.open(SEEN).then(c => c.match(u.pathname));
    if (!seen) return caches.match("/offline");
    const text = (await seen.text()).replace("<html ", "<html data-offline ");
    return new Response(text, { headers: { "content-type": "text/html; charset=utf-8" } });
  }
}
