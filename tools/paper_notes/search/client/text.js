// Text to tokens, as search/tokens.py does it for the index. No DOM: QuickJS runs this too.
(function (search) {
  const GREEK = Object.fromEntries(
    ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho " +
      "sigma tau upsilon phi chi psi omega").split(" ").map((name, i) => ["αβγδεζηθικλμνξοπρστυφχψω"[i], name]),
  );
  const LETTERS = {
    ...GREEK, ς: "sigma", ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", æ: "ae", œ: "oe", ı: "i",
  };
  const LONGEST = 40;
  const ODD = /[\u00df-\u024f\u0300-\u036f\u0370-\u03ff\u1e00-\u1fff\u2010-\u2015\u2212]/g;
  const VU_ROWS = { ァ: "バ", ィ: "ビ", ェ: "ベ", ォ: "ボ", "": "ブ" };
  const PARTS = /[0-9a-z]+(?:[-_.'][0-9a-z]+)*|[々〆ぁ-ゖァ-ヺー\u3400-\u9fff]+/g;
  const PAIR = /(?=([々〆ァ-ヺー\u3400-\u9fff][々〆ぁ-ゖァ-ヺー\u3400-\u9fff]))/g;

  function base(character) {
    if (character >= "\u2010" && character <= "\u2212") return "-";
    if (character in LETTERS) return LETTERS[character];
    const bare = character.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    return LETTERS[bare] ?? bare;
  }

  // Everything that spelling varies in made equal.
  function fold(text) {
    return text.normalize("NFKC").toLowerCase()
      .replace(ODD, base)
      .replace(/ヴ([ァィェォ]?)/g, (_, vowel) => VU_ROWS[vowel])
      .replace(/ー(?<=[ァ-ヺー][ァ-ヺ]ー)ー*(?![ァ-ヺー])|・(?<=[ァ-ヺー]・)(?=[ァ-ヺ])/g, "");
  }

  function stem(word) {
    word = word.replaceAll("isation", "ization");
    if (word.length > 4 && word.endsWith("ies")) return word.slice(0, -3) + "y";
    if (word.length > 3 && /s$/.test(word) && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
    return word;
  }

  const pieces = (word) => word.match(/[0-9a-z]+/g);
  const joined = (word) => stem(pieces(word).join("")).slice(0, LONGEST);

  function wordTokens(word) {
    const own = pieces(word).map((piece) => stem(piece).slice(0, LONGEST));
    return own.length === 1 ? own : [...own, joined(word)];
  }

  // What to look up for a Japanese run.
  function pairs(run) {
    const found = [...run.matchAll(PAIR)].map((match) => match[1]);
    if (found.length) return found;
    return run.length > 1 ? [...run.slice(1)].map((second, i) => run[i] + second) : [run];
  }

  // The words and Japanese runs of a folded text, in order.
  function parts(folded) {
    return (folded.match(PARTS) ?? []).map((text) => ({ text, japanese: !/^[0-9a-z]/.test(text) }));
  }

  function compact(text) {
    return parts(fold(text)).map((part) => (part.japanese ? part.text : joined(part.text))).join("");
  }

  // The key of a paper's card: FNV-1a of its id in five digits (search/keys.py); `step` passes by
  // keys that other ids have taken.
  function keyOf(id, step = 0) {
    let number = 0x811c9dc5;
    for (const character of id) number = Math.imul(number ^ character.charCodeAt(0), 0x01000193) >>> 0;
    return ((number + step) % 36 ** 5).toString(36).padStart(5, "0");
  }

  Object.assign(search, { fold, stem, pieces, joined, wordTokens, pairs, parts, compact, keyOf });
})((globalThis.paperNotesSearch ??= {}));
