// On every page: loads the search client when somebody is about to search or rests on a paper link.
(function () {
  const opener = document.querySelector(".pn-search-open");
  const root = new URL("../../search/", document.currentScript.src);
  if (!opener) return;

  let client;
  function load() {
    client ??= Promise.all([
      arrived(Object.assign(document.createElement("script"), { src: new URL("client.js", root) })),
      arrived(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("client.css", root) })),
    ]);
    return client;
  }

  function arrived(element) {
    return new Promise((resolve, reject) => {
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  // The dialog; on the search page its own input; the search page itself where all else fails.
  async function open() {
    const input = document.querySelector(".pn-search-page input");
    if (input) {
      input.focus();
      input.select();
      return;
    }
    try {
      await load();
      await globalThis.paperNotesSearch.open(document.documentElement.lang);
    } catch {
      location.assign(opener.href);
    }
  }

  const isTyped = (node) => node.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(node.tagName);

  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyped(event.target);
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if ((!slash && !k) || event.isComposing) return;
    event.preventDefault();
    open();
  });
  function enable(link) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return; // a button answers to the space bar too
      event.preventDefault();
      open();
    });
    for (const kind of ["pointerenter", "focus"]) link.addEventListener(kind, () => load().catch(() => {}), { once: true });
  }

  // A page may have a place of its own for a second, larger way to search.
  for (const slot of document.querySelectorAll(".pn-search-slot")) slot.replaceChildren(opener.cloneNode(true));
  document.querySelectorAll(".pn-search-open").forEach(enable);

  // Previews come with the client: the first link to a paper that is rested on brings both.
  function arm(event) {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!/\/papers\/\w+\//.test(link?.pathname) || event.pointerType === "touch") return;
    for (const kind of ["pointerover", "focusin"]) document.removeEventListener(kind, arm);
    load().catch(() => {});
  }
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, arm);
})();
