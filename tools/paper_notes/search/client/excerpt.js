// Where the words of a query stand in a text, and the part of it that shows them best.
(function (search) {
  const { fold, stem } = search;
  const WIDTH = 150; // characters of Latin text; Japanese ones are twice as wide
  const CLUSTERS = /[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]*/gsu;

  // The folded text and, for each of its characters, where it comes from.
  function foldWithPlaces(text) {
    let folded = "";
    const places = [];
    for (const match of text.matchAll(CLUSTERS)) {
      const part = fold(match[0]);
      folded += part;
      for (let i = 0; i < part.length; i += 1) places.push([match.index, match.index + match[0].length]);
    }
    return { folded, places };
  }

  // Where the surfaces stand in a text: [start, end, surface], in order and not overlapping.
  function hits(text, surfaces) {
    const { folded, places } = foldWithPlaces(text);
    const found = [];
    for (const surface of surfaces) {
      const latin = /^[0-9a-z]/.test(surface);
      const sought = latin ? surface.replace(/[0-9a-z]+$/, stem) : surface;
      for (let at = folded.indexOf(sought); at >= 0 && sought; at = folded.indexOf(sought, at + 1)) {
        if (latin && at > 0 && /[0-9a-z]/.test(folded[at - 1])) continue;
        let end = at + sought.length;
        while (latin && end < folded.length && /[0-9a-z]/.test(folded[end])) end += 1;
        found.push([places[at][0], places[end - 1][1], surface]);
      }
    }
    found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
    let last = 0;
    return found.filter(([start, end]) => start >= last && (last = end));
  }

  // The text in pieces that are hits or not.
  function marked(text, surfaces, from = 0, to = text.length) {
    const fragments = [];
    let at = from;
    for (const [start, end] of hits(text, surfaces)) {
      if (start < from || end > to) continue;
      if (start > at) fragments.push({ text: text.slice(at, start), hit: false });
      fragments.push({ text: text.slice(start, end), hit: true });
      at = end;
    }
    if (at < to) fragments.push({ text: text.slice(at, to), hit: false });
    return fragments;
  }

  // The field that has the most of the surfaces, the earlier of two, and the part that shows them.
  function excerpt(prose, surfaces) {
    let best = { field: Object.keys(prose)[0] ?? "", kinds: 0, start: 0 };
    for (const [field, text] of Object.entries(prose)) {
      const found = hits(text, surfaces);
      const kinds = new Set(found.map((hit) => hit[2])).size;
      if (kinds > best.kinds) best = { field, kinds, start: found[0][0] };
    }
    const text = prose[best.field] ?? "";
    const width = /[\u3040-\u9fff]/.test(text) ? WIDTH / 2 : WIDTH;
    const from = best.start < width / 2 ? 0 : wordStart(text, best.start - Math.round(width / 4));
    const to = from + width >= text.length ? text.length : wordStart(text, from + width);
    const fragments = marked(text, surfaces, from, to);
    if (from > 0) fragments.unshift({ text: "…", hit: false });
    if (to < text.length) fragments.push({ text: "…", hit: false });
    return { field: best.field, found: best.kinds > 0, fragments };
  }

  // The nearest place from here on where a word may begin.
  function wordStart(text, at) {
    const blank = text.slice(at, at + 20).search(/(?<=\s)\S/);
    return blank < 0 ? at : at + blank;
  }

  Object.assign(search, { hits, marked, excerpt });
})((globalThis.paperNotesSearch ??= {}));
