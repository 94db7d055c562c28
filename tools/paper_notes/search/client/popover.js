// A preview beside links to papers, for a mouse that rests on one and for the keyboard.
(function (search) {
  const REST = 350; // ms on a link before its preview shows
  const GRACE = 200; // ms to move the mouse from the link to its preview
  const GAP = 8; // px
  const PAPER = /\/(en|ja)\/papers\/([a-z][a-z0-9_]{0,63})\/(?:index\.html)?$/;
  const MOST_STEPS = 3; // keys that other ids may have taken before
  const mouse = matchMedia("(hover: hover) and (pointer: fine)");
  if (!HTMLElement.prototype.showPopover) return;

  let box;
  let shown = null; // the link whose preview is open
  let timer;
  let turn = 0;

  // The language and id of the paper that a link leads to, where it leads to another page.
  function paperOf(link) {
    const found = PAPER.exec(link.pathname);
    if (!found || link.origin !== location.origin || link.pathname === location.pathname) return null;
    return { language: found[1], id: found[2] };
  }

  async function cardOf({ language, id }) {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const card = await search.load(`${language}/${search.keyOf(id, step)}`);
      if (card.id === id) return card;
    }
    throw new Error(`no card for ${id}`);
  }

  async function show(link) {
    const paper = paperOf(link);
    const mine = (turn += 1);
    let card;
    let words;
    try {
      [card, { words }] = await Promise.all([cardOf(paper), search.load(`words/${paper.language}`)]);
    } catch {
      return; // no preview is no harm: the link works all the same
    }
    if (mine !== turn || !link.matches(":hover, :focus-visible")) return;
    hide();
    fill(card, words, paper.language);
    box.showPopover();
    place(link);
    link.setAttribute("aria-describedby", box.id);
    shown = link;
  }

  function fill(card, words, language) {
    const { element } = search;
    if (!box) {
      box = element("div", { class: "pn-popover", id: "pn-popover", role: "tooltip", popover: "manual" });
      box.addEventListener("pointerenter", () => clearTimeout(timer));
      box.addEventListener("pointerleave", () => later(hide, GRACE));
      document.body.append(box);
    }
    box.lang = language;
    const tally = search.fill(words.search_verified, { n: card.verified, of: card.claims });
    box.replaceChildren(
      element("strong", { class: "pn-popover-title", lang: "en" }, card.title),
      element("span", { class: "pn-popover-facts" }, `${card.published} · ${card.topic}`),
      element("span", {}, card.opening),
      element("span", { class: "pn-popover-tally" }, tally),
    );
  }

  // Below the link, or above it where there is no room; never out of the window.
  function place(link) {
    const line = [...link.getClientRects()].at(-1);
    const { width, height } = box.getBoundingClientRect();
    const below = line.bottom + GAP + height <= innerHeight || line.top < height + GAP;
    const left = Math.max(GAP, Math.min(line.left, document.documentElement.clientWidth - width - GAP));
    box.style.left = `${left}px`;
    box.style.top = `${below ? line.bottom + GAP : line.top - GAP - height}px`;
  }

  function hide() {
    clearTimeout(timer);
    turn += 1; // what is on its way comes too late
    if (!shown) return;
    shown.removeAttribute("aria-describedby");
    box.hidePopover();
    shown = null;
  }

  function later(act, pause) {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  }

  const linkAt = (node) => {
    const link = node instanceof Element ? node.closest("a[href]") : null;
    return link && !link.closest(".pn-find-list") && paperOf(link) ? link : null;
  };

  function rest(link) {
    if (link === shown) clearTimeout(timer);
    else later(() => show(link), REST);
  }

  document.addEventListener("pointerover", (event) => {
    const link = linkAt(event.target);
    if (link && event.pointerType === "mouse" && mouse.matches) rest(link);
  });
  document.addEventListener("pointerout", (event) => {
    if (linkAt(event.target)) later(hide, GRACE);
  });
  document.addEventListener("focusin", (event) => {
    const link = linkAt(event.target);
    if (link?.matches(":focus-visible")) rest(link);
    else hide();
  });
  document.addEventListener("focusout", (event) => {
    if (linkAt(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  // Moving the focus scrolls as well: what is still to be shown must outlive it.
  addEventListener("scroll", () => { if (shown) hide(); }, { passive: true });

  // What was rested on while this script was on its way.
  const waiting = linkAt(document.querySelector("a:hover") ?? document.activeElement);
  if (waiting && (mouse.matches || waiting.matches(":focus-visible"))) rest(waiting);
})((globalThis.paperNotesSearch ??= {}));
