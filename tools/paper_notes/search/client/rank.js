// Which papers a query finds, the best first. `load` brings files of the index by name.
(function (search) {
  const { terms, thesaurus, compact, meant, similar, MOST_CHARACTERS } = search;

  const WEIGHTS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"; // as postings.py
  const KEY = 5; // characters of a paper's key
  const PREFIX_FILES = 3; // of the words that begin like one that was typed
  const PREFIX_WORDS = 24;
  const MOST_TERMS = 0.7; // of a query of three and more: one of them may be beside the point
  const ENOUGH = 0.5; // of the best paper's score, where no paper has every term

  // The entries that have been loaded, and the way to others. A file's name is its number; those
  // named `c0`, `c1`, … say where each file begins.
  class Shelf {
    constructor(directory, load) {
      Object.assign(this, { directory, load, entries: new Map() });
    }

    async open(tokens, prefixes = []) {
      const ranges = [...tokens.map((token) => [token, token]), ...prefixes.map((text) => [text, `${text}\uffff`])];
      const numbers = await Promise.all(ranges.map(([first, last]) => this.filesOf(first, last)));
      const files = new Set(numbers.flat().map(String));
      for (const file of await this.load([...files])) {
        for (const [token, entry] of Object.entries(file)) this.entries.set(token, entry);
      }
    }

    async filesOf(first, last) {
      const { chapters, length } = this.directory;
      const chapter = place(chapters, first);
      const [starts] = await this.load([`c${chapter}`]);
      const from = place(starts, first);
      const to = last === first ? from : Math.min(place(starts, last), from + PREFIX_FILES - 1);
      return [...Array(to - from + 1).keys()].map((step) => chapter * length + from + step);
    }

    // How rare a token is, and the weight it has in each of its papers.
    postings(token) {
      const entry = this.entries.get(token);
      if (entry === undefined) return null;
      const colon = entry.indexOf(":");
      const papers = new Map();
      for (let i = colon + 1; i < entry.length; i += KEY + 1) {
        papers.set(entry.slice(i + 1, i + 1 + KEY), WEIGHTS.indexOf(entry[i]) / (WEIGHTS.length - 1));
      }
      const number = Number(entry.slice(0, colon));
      const rarity = Math.log(1 + (this.directory.papers - number + 0.5) / (number + 0.5));
      return { papers, rarity, complete: papers.size === number };
    }

    words(text) {
      return [text[0], text[1]].flatMap((first) => (this.entries.get(`~${first}`) ?? "").split(" ")).filter(Boolean);
    }
  }

  // The last of the sorted texts that does not come after this one.
  function place(sorted, text) {
    let [low, high] = [0, sorted.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] <= text) low = middle;
      else high = middle;
    }
    return low;
  }

  async function openTerms(shelf, some) {
    const forms = some.flatMap((term) => term.forms);
    await shelf.open(forms.flatMap((form) => form.tokens ?? []), forms.flatMap((form) => form.prefix ?? []));
  }

  // What a whole name is looked up by, as in search/tokens.py; "VAEとは" asks for VAE.
  function nameKey(text) {
    return compact(text).replace(/(とは|って|について)$/u, "").replace(/ー$/u, "");
  }

  // The score of each paper that has the term, by the form that suits it best.
  function scoreTerm(shelf, term) {
    const best = new Map();
    const take = (papers, weight) => {
      for (const [key, score] of papers) best.set(key, Math.max(best.get(key) ?? 0, weight * score));
    };
    for (const form of term.forms) {
      if (form.tokens) take(scoreTokens(shelf, form.tokens), form.weight);
      else for (const word of begun(shelf, form.prefix)) take(scoreTokens(shelf, [word]), form.weight);
    }
    return best;
  }

  // The words that begin with a prefix, those nearest to it in length first.
  function begun(shelf, prefix) {
    const words = [...shelf.entries.keys()].filter((word) => word.startsWith(prefix) && word !== prefix);
    return words.sort((one, other) => one.length - other.length || (one < other ? -1 : 1)).slice(0, PREFIX_WORDS);
  }

  // The papers that have all tokens. A token of very many papers lists only the best of them:
  // it asks nothing of the others as long as another token does.
  function scoreTokens(shelf, tokens) {
    const found = tokens.map((token) => shelf.postings(token));
    if (found.includes(null)) return new Map();
    const asking = found.some((one) => one.complete) ? found.filter((one) => one.complete) : found.slice(0, 1);
    const [first, ...others] = asking.sort((one, other) => one.papers.size - other.papers.size);
    const scores = new Map();
    for (const key of first.papers.keys()) {
      if (!others.every((one) => one.papers.has(key))) continue;
      const sum = found.reduce((total, one) => total + one.rarity * (one.papers.get(key) ?? 0), 0);
      scores.set(key, sum / found.length);
    }
    return scores;
  }

  // Terms that no paper has are read as the words that were most likely meant.
  async function mend(shelf, some, names) {
    const corrections = [];
    const mended = [];
    for (const term of some) {
      if (scoreTerm(shelf, term).size) {
        mended.push(term);
        continue;
      }
      const word = compact(term.text);
      await shelf.open([`~${word[0]}`, `~${word[1] ?? word[0]}`]);
      const better = meant(word, shelf.words(word));
      if (better) corrections.push([term.text, better]);
      mended.push(...(better ? terms(better, names) : [term]));
    }
    if (corrections.length) await openTerms(shelf, mended);
    return { corrections, mended };
  }

  // Papers with every term, or of many terms most; where there are none, those that come near the
  // best of the others.
  function rank(scores, called) {
    const total = new Map();
    const terms = new Map();
    for (const score of scores) {
      for (const [key, more] of score) {
        total.set(key, (total.get(key) ?? 0) + more);
        terms.set(key, (terms.get(key) ?? 0) + 1);
      }
    }
    const due = scores.length > 2 ? Math.ceil(scores.length * MOST_TERMS) : scores.length;
    let keys = [...total.keys()].filter((key) => terms.get(key) >= due);
    const partial = !keys.length && total.size > 0;
    if (partial) {
      const least = ENOUGH * Math.max(...total.values());
      keys = [...total.keys()].filter((key) => total.get(key) >= least);
    }
    for (const key of called) if (!total.has(key)) keys.push(key);
    const first = (key) => (called.has(key) ? 1 : 0);
    keys.sort((a, b) => first(b) - first(a) || (total.get(b) ?? 0) - (total.get(a) ?? 0) || (a < b ? -1 : 1));
    return { keys, partial };
  }

  // What a query finds: keys of papers, best first, and what was made of it.
  async function find(query, directory, load, limit = 10) {
    const names = thesaurus(directory.synonyms);
    const asked = terms(query, names);
    if (!asked.length) return { keys: [], total: 0, partial: false, corrections: [], near: [], surfaces: [] };
    const shelf = new Shelf(directory, load);
    const told = asked.map((term) => term.text).join(" "); // without "what is a"
    const whole = [query.slice(0, MOST_CHARACTERS), told].map((text) => `=${nameKey(text)}`);
    await Promise.all([shelf.open(whole), openTerms(shelf, asked)]);
    const { corrections, mended } = await mend(shelf, asked, names);
    const called = new Set(whole.flatMap((name) => [...(shelf.postings(name)?.papers.keys() ?? [])]));
    const { keys, partial } = rank(mended.map((term) => scoreTerm(shelf, term)), called);
    const near = keys.length ? [] : asked.flatMap((term) => similar(compact(term.text), shelf.words(compact(term.text))));
    const surfaces = [...new Set(mended.flatMap((term) => term.forms.flatMap((form) => form.words)))];
    return { keys: keys.slice(0, limit), total: keys.length, partial, corrections, near: [...new Set(near)], surfaces };
  }

  search.search = find;
})((globalThis.paperNotesSearch ??= {}));
