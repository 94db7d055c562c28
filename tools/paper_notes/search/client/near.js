// Words that come near a word that no paper has.
(function (search) {
  const MOST = 30; // characters that are compared

  // How many letters have to be typed, left out, changed or exchanged with a neighbour.
  function distance(one, other) {
    one = one.slice(0, MOST);
    other = other.slice(0, MOST);
    let before = [];
    let last = [...Array(other.length + 1).keys()];
    for (let i = 1; i <= one.length; i += 1) {
      const row = [i];
      for (let j = 1; j <= other.length; j += 1) {
        const same = one[i - 1] === other[j - 1];
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
        const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
        if (swapped) row[j] = Math.min(row[j], before[j - 2] + 1);
      }
      [before, last] = [last, row];
    }
    return last[other.length];
  }

  // How many slips a word of this length may have: three letters say too little to mend.
  function slips(word) {
    const japanese = !/^[0-9a-z]/.test(word);
    if (word.length < (japanese ? 3 : 4)) return 0;
    return word.length < 8 ? 1 : 2;
  }

  // The word of the vocabulary (most frequent first) that was most likely meant, or undefined.
  function meant(word, vocabulary) {
    let best;
    let least = slips(word) + 1;
    for (const candidate of vocabulary) {
      if (Math.abs(candidate.length - word.length) >= least) continue;
      const slipped = distance(word, candidate);
      if (slipped < least) [best, least] = [candidate, slipped];
    }
    return best;
  }

  // Up to `most` words that share the most neighbouring characters with the word.
  function similar(word, vocabulary, most = 6) {
    const own = neighbours(word);
    const shared = (candidate) => {
      const others = neighbours(candidate);
      const both = [...others].filter((pair) => own.has(pair)).length;
      return (2 * both) / (own.size + others.size);
    };
    return vocabulary
      .map((candidate) => [candidate, shared(candidate)])
      .filter(([candidate, much]) => much > 0.4 && candidate !== word)
      .sort((one, other) => other[1] - one[1])
      .slice(0, most)
      .map(([candidate]) => candidate);
  }

  function neighbours(word) {
    const padded = ` ${word.slice(0, MOST)}`;
    return new Set([...padded.slice(1)].map((second, i) => padded[i] + second));
  }

  Object.assign(search, { distance, meant, similar });
})((globalThis.paperNotesSearch ??= {}));
