// Brings data of the search folder: each file is a script that calls `take` with one value.
// Scripts, because a page that is read from a folder without a server may load nothing else.
(function (search) {
  const root = new URL(".", document.currentScript.src);
  const values = new Map();
  const waiting = new Map();

  search.take = (name, value) => values.set(name, value);

  // The value of a file; rejects where the file is not there.
  function load(name) {
    if (!waiting.has(name)) waiting.set(name, fetchScript(name));
    return waiting.get(name);
  }

  function fetchScript(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, root);
      script.onload = () => (values.has(name) ? resolve(values.get(name)) : script.onerror());
      script.onerror = () => {
        waiting.delete(name); // the next try may find it
        reject(new Error(`search/${name}.js could not be loaded`));
      };
      document.head.append(script);
      script.addEventListener("load", () => script.remove());
    });
  }

  // What a query finds, with the cards of the papers in that language.
  async function ask(query, language, limit) {
    const directory = await load("directory");
    const files = (names) => Promise.all(names.map((name) => load(`${directory.version}/${name}`)));
    const found = await search.search(query, directory, files, limit);
    return { ...found, cards: await Promise.all(found.keys.map((key) => load(`${language}/${key}`))) };
  }

  Object.assign(search, { load, ask, root });
})((globalThis.paperNotesSearch ??= {}));
