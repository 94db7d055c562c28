// What is typed to terms: each has forms, and a paper that has all tokens of one form has the term.
(function (search) {
  const { fold, parts, pieces, stem, joined, pairs } = search;

  const MOST_CHARACTERS = 200; // of a query
  const MOST_TERMS = 12;
  const MOST_PAIRS = 6; // of a Japanese run: each may cost a file
  const LONGEST_NAME = 4; // words of a synonym
  const SIBLING = 0.85; // what a synonym counts against the word itself
  const STOP = new Set(
    ("a an the of for in on at by to with and or is are was be do does can what which who why how when " +
      "where must i read before after paper about work 論文").split(" "),
  );
  // Particles between two words that are not hiragana, or behind or before one.
  const PARTICLES =
    /(?<![ぁ-ゖ])(?:における|について|による|のための|とは|から|まで|での|への|として|って|[のをはがとにでへやも])(?![ぁ-ゖ])/;

  // A thesaurus finds the group of a name, however it is spaced.
  function thesaurus(groups) {
    const found = new Map();
    for (const group of groups) for (const name of group) found.set(search.compact(name), group);
    return found;
  }

  // The terms of a query, without those that any text has.
  function terms(query, names) {
    const items = parts(fold(query.slice(0, MOST_CHARACTERS)));
    const found = [];
    for (let i = 0; i < items.length; ) {
      const length = longestName(items, i, names);
      const some = items.slice(i, i + Math.max(length, 1));
      if (length) found.push(named(some, names));
      else if (some[0].japanese) found.push(...runTerms(some[0].text, names));
      else found.push({ text: some[0].text, forms: wordForms(some[0].text) });
      i += some.length;
    }
    const telling = found.filter((term) => !STOP.has(term.text));
    return (telling.length ? telling : found).slice(0, MOST_TERMS);
  }

  function longestName(items, start, names) {
    for (let length = Math.min(LONGEST_NAME, items.length - start); length > 0; length -= 1) {
      if (names.has(compactOf(items.slice(start, start + length)))) return length;
    }
    return 0;
  }

  const compactOf = (items) => items.map((item) => (item.japanese ? item.text : joined(item.text))).join("");

  // A term that has synonyms: its own words first, then the concept that they share.
  function named(items, names) {
    const group = names.get(compactOf(items));
    const text = items.map((item) => item.text).join(" ");
    const forms = items.length === 1 && !items[0].japanese ? wordForms(text) : [form(items, 1)];
    const concept = { words: [text, ...group], tokens: [`#${search.compact(group[0])}`], weight: SIBLING };
    return { text, forms: [...forms, concept] };
  }

  function form(items, weight) {
    const tokens = items.flatMap((item) => (item.japanese ? runTokens(item.text) : pieces(item.text).map(stem)));
    return { words: items.map((item) => item.text), tokens: [...new Set(tokens)], weight };
  }

  // A Latin word: itself and what begins with it; one of several parts also joined.
  function wordForms(word) {
    const own = stem(pieces(word).join(""));
    const forms = [{ words: [word], tokens: [own], weight: 1 }];
    if (pieces(word).length > 1) forms.push(form([{ text: word }], 0.95));
    else if (word.startsWith(own) && own.length > 1) forms.push({ words: [own], prefix: own, weight: 0.7 });
    return forms;
  }

  // A Japanese run, cut at the names in it and at particles.
  function runTerms(run, names) {
    for (let start = 0; start < run.length; start += 1) {
      for (let end = Math.min(run.length, start + 20); end > start + 1; end -= 1) {
        if (!names.has(run.slice(start, end))) continue;
        return [
          ...plainTerms(run.slice(0, start)),
          named([{ text: run.slice(start, end), japanese: true }], names),
          ...runTerms(run.slice(end), names),
        ];
      }
    }
    return plainTerms(run);
  }

  function plainTerms(run) {
    const words = run.split(PARTICLES).filter(Boolean);
    return (words.length || !run ? words : [run]).map((text) => ({
      text,
      forms: [text.length > 1 ? form([{ text, japanese: true }], 1) : { words: [text], prefix: text, weight: 1 }],
    }));
  }

  // Enough of a run's tokens to know it by: those of a long one with every other left out.
  function runTokens(run) {
    const all = pairs(run);
    const last = all.length - 1;
    return all.length <= MOST_PAIRS ? all : all.filter((_, i) => i % 2 === 0 || i === last).slice(0, MOST_PAIRS);
  }

  Object.assign(search, { terms, thesaurus, MOST_CHARACTERS });
})((globalThis.paperNotesSearch ??= {}));
