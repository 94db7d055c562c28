// The results of a query as a list of links below an input. Text only ever enters as text nodes.
(function (search) {
  const PAUSE = 40; // ms between the last key and the search: a quick writer takes 100 from key to key
  const siteRoot = new URL("..", search.root);

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  const fragments = (pieces) => pieces.map((piece) => (piece.hit ? element("mark", {}, piece.text) : piece.text));
  const mark = (text, surfaces) => fragments(search.marked(text, surfaces));
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const pageOf = (path) => new URL(path, siteRoot).href;

  // Shows what the input asks for in `list`, and says it in `status`. `onResults` hears of each.
  class View {
    constructor({ input, list, status, language, limit, onResults = () => {} }) {
      Object.assign(this, { input, list, status, language, limit, onResults, turn: 0, composing: false });
      input.addEventListener("compositionstart", () => { this.composing = true; });
      input.addEventListener("compositionend", () => { this.composing = false; this.later(); });
      input.addEventListener("input", () => { if (!this.composing) this.later(); });
      input.addEventListener("keydown", (event) => this.key(event));
      list.addEventListener("keydown", (event) => this.key(event));
    }

    get query() { return this.input.value.trim(); }

    get links() { return [...this.list.querySelectorAll("a")]; }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.show(), PAUSE);
    }

    async show() {
      clearTimeout(this.timer);
      const turn = (this.turn += 1);
      try {
        const { words, topics } = await search.load(`words/${this.language}`);
        const found = this.query ? await search.ask(this.query, this.language, this.limit) : null;
        if (turn !== this.turn) return; // something else has been typed meanwhile
        this.list.replaceChildren(...(found ? this.rows(found, words, topics) : []));
        this.status.textContent = found ? this.summary(found, words) : "";
        this.onResults(found);
      } catch (error) {
        if (turn !== this.turn) return;
        this.list.replaceChildren();
        this.status.textContent = `${this.status.dataset.failed} (${error.message})`;
        this.onResults(null);
      }
    }

    summary(found, words) {
      const said = [];
      for (const [from, to] of found.corrections) said.push(fill(words.search_corrected, { from, to }));
      if (found.partial) said.push(words.search_partial);
      const count = found.total === 1 ? words.search_one : fill(words.search_many, { n: found.total });
      said.push(found.total ? count : words.search_none);
      return said.join(" ");
    }

    rows(found, words, topics) {
      return found.total ? found.cards.map((card) => this.row(card, found.surfaces, words)) : this.help(found, words, topics);
    }

    row(card, surfaces, words) {
      const part = search.excerpt(card.prose, surfaces);
      const named = [...card.aliases, ...card.tags.map((tag) => `#${tag}`)].filter((name) => search.hits(name, surfaces).length);
      const elsewhere = !part.found && !named.length && !search.hits(`${card.title} ${card.authors} ${card.published}`, surfaces).length;
      const facts = element("span", { class: "pn-find-facts" }, ...mark(`${card.authors} · ${card.published}`, surfaces));
      for (const name of named.slice(0, 3)) facts.append(" · ", ...mark(name, surfaces));
      const field = part.found ? words[`search_in_${part.field}`] : elsewhere ? words.search_in_other : "";
      const text = part.found ? fragments(part.fragments) : [card.opening];
      const body = element("span", { class: "pn-find-text" });
      if (field) body.append(element("span", { class: "pn-find-field" }, field), " ");
      body.append(...text);
      const title = element("span", { class: "pn-find-title", lang: "en" }, ...mark(card.title, surfaces));
      const tally = element("span", { class: "pn-find-tally" }, fill(words.search_verified, { n: card.verified, of: card.claims }));
      const link = element("a", { href: pageOf(`${this.language}/papers/${card.id}/`) }, title, facts, body, tally);
      return element("li", {}, link);
    }

    // Nothing was found: words that come near, and the topics to look through.
    help(found, words, topics) {
      const rows = [];
      if (found.near.length) {
        const tries = found.near.map((word) => {
          const link = element("a", { href: pageOf(`${this.language}/search/?q=${encodeURIComponent(word)}`) }, word);
          link.addEventListener("click", (event) => {
            event.preventDefault();
            this.input.value = word;
            this.input.focus();
            this.show();
          });
          return link;
        });
        rows.push(element("li", { class: "pn-find-help" }, `${words.search_near} `, ...tries.flatMap((link) => [link, " "])));
      }
      const known = Object.entries(topics).map(([id, name]) => element("a", { href: pageOf(`${this.language}/topics/${id}/`) }, name));
      rows.push(element("li", { class: "pn-find-help" }, `${words.search_topics} `, ...known.flatMap((link) => [link, " "])));
      return rows;
    }

    // Arrows walk through input and links; a letter typed on a link goes on in the input.
    key(event) {
      if (event.isComposing || this.composing || event.keyCode === 229) return;
      const stops = [this.input, ...this.links];
      const at = stops.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && at >= 0) {
        event.preventDefault();
        stops[(at + step + stops.length) % stops.length].focus();
      } else if (at > 0 && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
        this.input.focus();
      }
    }
  }

  Object.assign(search, { View, element, fill, pageOf });
})((globalThis.paperNotesSearch ??= {}));
