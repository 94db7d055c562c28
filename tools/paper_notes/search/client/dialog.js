// The search dialog: made when it is first asked for, the same on every page.
(function (search) {
  const LIMIT = 8;
  let dialog;

  function build(words, language) {
    const { element } = search;
    const input = element("input", {
      type: "search", name: "q", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
      enterkeyhint: "search", maxlength: "200", placeholder: words.search_placeholder, "aria-label": words.search_label,
      "aria-controls": "pn-find-list",
    });
    const list = element("ol", { class: "pn-find-list", id: "pn-find-list" });
    const status = element("p", { class: "pn-find-status", role: "status", "data-failed": words.search_failed });
    const all = element("a", { class: "pn-find-all", href: search.pageOf(`${language}/search/`), hidden: "" }, words.search_all);
    const close = element("button", { type: "button", class: "pn-find-close", "aria-label": words.search_close }, "✕");
    const form = element("form", { class: "pn-find-form", role: "search", method: "dialog" }, input, close);
    const keys = element("span", { class: "pn-find-keys", "aria-hidden": "true" }, words.search_keys);
    const foot = element("div", { class: "pn-find-foot" }, keys, all);
    dialog = element("dialog", { class: "pn-find", "aria-label": words.search_label }, form, status, list, foot);
    document.body.append(dialog);

    const view = new search.View({
      input, list, status, language, limit: LIMIT,
      onResults: (found) => {
        all.hidden = !found?.total;
        all.href = search.pageOf(`${language}/search/?q=${encodeURIComponent(view.query)}`);
      },
    });
    // Enter opens the first paper, once what is shown belongs to what is typed.
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (view.composing) return;
      await view.show();
      if (view.query) view.links[0]?.click();
    });
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => document.documentElement.classList.remove("pn-finding"));
  }

  // Opens the dialog; rejects where its words or its styles cannot be had.
  search.open = async (language) => {
    const { words } = await search.load(`words/${language}`);
    if (!dialog) build(words, language);
    document.documentElement.classList.add("pn-finding");
    if (!dialog.open) dialog.showModal();
    const input = dialog.querySelector("input");
    input.select();
    input.focus();
    search.load("directory").catch(() => {}); // so that it is there when the first letter is typed
  };
})((globalThis.paperNotesSearch ??= {}));
