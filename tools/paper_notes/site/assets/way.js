// The page of ways: two selects, and the way between them. The address keeps what was chosen.
(async function () {
  const place = document.getElementById("way");
  const form = place.querySelector("form");
  const [from, to] = form.querySelectorAll("select");
  const result = place.querySelector(".pn-way");
  const words = place.dataset;
  const [graph, why] = await Promise.all(
    [words.graph, words.why].map(async (address) => (await fetch(address)).json()),
  );
  const number = new Map(graph.nodes.map(([key], index) => [key, index]));

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  }

  function title(index) {
    const [key, name, year, address] = graph.nodes[index];
    const here = index < graph.here;
    const target = here ? `${words.papers}${key}/` : address;
    const parts = [element(target ? "a" : "span", name, target ? { href: target, lang: "en" } : { lang: "en" })];
    if (year) parts.push(" ", element("span", year, { class: "pn-absent" }));
    if (!here) parts.push(" ", element("span", words.absent, { class: "pn-absent" }));
    return parts;
  }

  function item(step) {
    const made = document.createElement("li");
    made.append(element("span", words[step.direction], { class: "pn-relation" }), " ", ...title(step.to));
    const reason = element("span", "", { class: "pn-why" });
    reason.innerHTML = why[step.edge]; // made and cleaned by the build, as on every page
    if (graph.edges[3 * step.edge] === step.to) reason.append(` (${words.own})`);
    made.append(reason);
    return made;
  }

  function show() {
    const [start, end] = [from, to].map((select) => number.get(select.value));
    result.replaceChildren();
    if (start === undefined || end === undefined) return;
    history.replaceState(null, "", `?from=${encodeURIComponent(from.value)}&to=${encodeURIComponent(to.value)}`);
    const way = shortestWay(graph, start, end);
    if (!way || !way.length) {
      result.append(element("p", way ? words.same : words.none));
      return;
    }
    const list = element("ol", "", { class: "pn-before" });
    const first = document.createElement("li");
    first.append(...title(start));
    list.append(first, ...way.map(item));
    result.append(list);
  }

  const order = graph.nodes.map((_, index) => index);
  order.sort((a, b) => graph.nodes[a][1].localeCompare(graph.nodes[b][1], "en"));
  const asked = new URLSearchParams(location.search);
  for (const [select, name] of [[from, "from"], [to, "to"]]) {
    for (const [label, here] of [[words.here, true], [words.absent, false]]) {
      const group = element("optgroup", "", { label });
      for (const index of order.filter((each) => each < graph.here === here)) {
        group.append(element("option", graph.nodes[index][1], { value: graph.nodes[index][0] }));
      }
      if (group.children.length) select.append(group);
    }
    select.value = number.has(asked.get(name)) ? asked.get(name) : "";
    select.addEventListener("change", show);
  }
  form.querySelector("button").addEventListener("click", () => {
    [from.value, to.value] = [to.value, from.value];
    show();
  });
  form.hidden = false;
  show();
})();
