// The search page: the same results, in the page itself, with the query in its address.
(function (search) {
  const LIMIT = 50;
  const form = document.querySelector(".pn-search-page");
  if (!form) return;

  const input = form.elements.q;
  const place = new URL(location.href);
  const everything = document.querySelector(".pn-search-everything");
  const view = new search.View({
    input,
    list: document.querySelector(".pn-find-list"),
    status: document.querySelector(".pn-find-status"),
    language: document.documentElement.lang,
    limit: LIMIT,
    onResults: () => {
      everything.hidden = Boolean(view.query);
      if (view.query) place.searchParams.set("q", view.query);
      else place.searchParams.delete("q");
      try { history.replaceState(null, "", place); } catch { /* a page without a server keeps its address */ }
    },
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!view.composing) view.show();
  });
  input.value = (place.searchParams.get("q") ?? "").slice(0, 200);
  if (input.value) view.show();
  else input.focus();
})((globalThis.paperNotesSearch ??= {}));
