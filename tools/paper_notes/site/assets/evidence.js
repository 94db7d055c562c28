// Filters all claims. The tables of the topics are the data: they are read page by page until
// enough rows match, so that a large base is never loaded whole. The address keeps the filter.
(function () {
  const STEP = 100; // claims
  const REACH = 20; // tables: what is rare is not looked for in all of a large base at once
  const section = document.querySelector(".pn-claims-all");
  if (!section || !location.protocol.startsWith("http")) return; // pages cannot be read from files
  const form = section.querySelector("form");
  const table = section.querySelector("table");
  const status = section.querySelector("[role=status]");
  const button = section.querySelector("button");
  // "training/:3" stands for training/, training/2/ and training/3/
  const addresses = section.dataset.tables.trim().split(" ").filter(Boolean).flatMap((pages) => {
    const [first, parts = 1] = pages.split(":");
    return Array.from({ length: Number(parts) }, (_, index) => (index ? `${first}${index + 1}/` : first));
  });
  const read = new Map(); // address → the groups of its table, one a paper
  let latest = 0;
  let limit = STEP;
  let reach = REACH;

  const fold = (text) => text.normalize("NFKC").toLowerCase();

  async function groups(address) {
    if (!read.has(address)) {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const a of page.querySelectorAll(".pn-claims a[href]")) {
        a.href = new URL(a.getAttribute("href"), answer.url).href;
      }
      read.set(address, [...page.querySelectorAll(".pn-claims tbody")]);
    }
    return read.get(address);
  }

  function wanted() {
    const chosen = Object.fromEntries(new FormData(form));
    return { ...chosen, q: fold(chosen.q.trim()), paper: fold(chosen.paper.trim()) };
  }

  // The group with the rows that match, or null.
  function matching(group, want) {
    const [head, ...rows] = group.rows;
    const ofPaper = group.dataset.paper === want.paper || fold(head.textContent).includes(want.paper);
    if (!ofPaper || (want.topic && group.dataset.topic !== want.topic)) return null;
    const fits = rows.filter((row) => (!want.state || row.dataset.state === want.state) &&
      (!want.q || fold(row.textContent).includes(want.q)));
    if (!fits.length) return null;
    const copy = group.cloneNode(false);
    copy.append(...[head, ...fits].map((row) => row.cloneNode(true)));
    return copy;
  }

  async function show() {
    const mine = ++latest;
    const want = wanted();
    const found = [];
    let count = 0;
    let more = false;
    let tables = 0;
    for (const address of addresses) {
      if (want.topic && !address.split("/").includes(want.topic)) continue;
      if (count >= limit || tables >= reach) { more = true; break; }
      tables += 1;
      for (const group of await groups(address)) {
        const copy = matching(group, want);
        if (copy) { found.push(copy); count += copy.rows.length - 1; }
      }
      if (mine !== latest) return; // the reader has typed on
    }
    for (const body of [...table.tBodies]) body.remove();
    table.append(...found);
    table.hidden = !count;
    button.hidden = !more;
    status.textContent = count || more
      ? section.dataset[more ? "more" : "found"].replace("{n}", count)
      : section.dataset.none;
  }

  function update() {
    show().catch(() => { status.textContent = section.dataset.lost; });
  }

  function keep() {
    const set = [...new FormData(form)].filter(([, value]) => value.trim());
    const query = new URLSearchParams(set).toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  }

  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements[name];
    if (field) field.value = value;
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { [limit, reach] = [STEP, REACH]; keep(); update(); });
  button.addEventListener("click", () => { limit += STEP; reach += REACH; update(); });
  section.hidden = false;
  update();
})();
