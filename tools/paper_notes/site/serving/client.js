// Under `paper-notes serve` alone: reloads this page once it is another one, shows what is wrong.
(() => {
  const mark = document.currentScript.dataset.mark;
  const style = `
    :host { all: initial; color-scheme: inherit; position: fixed; inset: auto 1rem 1rem auto; z-index: 99; max-width: min(44rem, calc(100vw - 2rem)); }
    section { max-height: 50vh; overflow: auto; padding: .8rem 1rem; border: 1px solid var(--pn-line, #ccc); border-left: 4px solid var(--pn-bad, #a8321f); border-radius: 4px; background: var(--pn-paper, #fff); color: var(--pn-ink, #222); box-shadow: 0 4px 24px rgb(0 0 0 / .25); font: .9rem/1.5 var(--pn-sans, sans-serif); }
    header { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; font-weight: 600; color: var(--pn-bad, #a8321f); }
    button { font: inherit; border: 0; padding: .2rem .5rem; background: none; color: var(--pn-soft, #555); cursor: pointer; }
    ul { list-style: none; margin: .4rem 0 0; padding: 0; }
    li { margin-top: .6rem; overflow-wrap: anywhere; }
    code { display: block; font-family: var(--pn-mono, monospace); font-size: .82rem; color: var(--pn-soft, #555); user-select: all; }
    small { display: block; font-size: .82rem; color: var(--pn-soft, #555); }`;
  let events = null;
  let place = null;

  function element(name, text, ...children) {
    const made = document.createElement(name);
    made.textContent = text;
    made.append(...children);
    return made;
  }

  function show(problems) {
    place?.remove();
    if (!problems.length) return;
    place = document.createElement("div");
    const close = element("button", "×");
    close.ariaLabel = "Close";
    close.onclick = () => place.remove();
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const rows = problems.map(({ place: where, code, message, hint }) =>
      element("li", "", element("code", where), element("span", `${code}: ${message}`), element("small", hint)));
    const box = element("section", "", element("header", "", element("span", count), close), element("ul", "", ...rows));
    box.role = "alert";
    box.lang = "en";
    const sheet = new CSSStyleSheet(); // unlike a style element, no policy of the page forbids it
    sheet.replaceSync(style);
    const root = place.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(box);
    document.body.append(place);
  }

  // The server compares marks as soon as it is asked, so nothing is missed while nobody listens.
  function listen() {
    events?.close();
    events = null;
    if (document.hidden) return; // a browser has six connections for all its tabs
    events = new EventSource(`/livereload/events?${new URLSearchParams({ page: location.pathname, mark })}`);
    events.addEventListener("reload", () => location.reload());
    events.addEventListener("problems", (event) => show(JSON.parse(event.data)));
  }

  document.addEventListener("visibilitychange", listen);
  addEventListener("pageshow", (event) => event.persisted && listen());
  addEventListener("pagehide", () => events?.close());
  listen();
})();
