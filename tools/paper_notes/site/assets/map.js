// The page of the map: what is chosen in the form and kept in the address, drawn and listed.
(async function () {
  const place = document.getElementById("map");
  const form = place.querySelector("form");
  const filters = form.querySelector("details");
  const box = place.querySelector(".pn-map-box");
  const frame = place.querySelector(".pn-map-frame");
  const about = place.querySelector(".pn-map-about");
  const legend = place.querySelector(".pn-map-legend");
  const count = place.querySelector(".pn-map-count");
  const rows = [...document.querySelectorAll("[data-node]")];
  const words = place.dataset;
  const data = Promise.all( // on its way while the browser gets ready to draw
    [words.graph, words.map].map(async (address) => (await fetch(address)).json()),
  );
  if (!mapCanDraw()) return; // the drawing and the list are there already

  await mapLibraries();
  const [graph, map] = await data;
  const papers = mapPapers(graph, map, words.papers);
  const links = mapLinks(graph);
  const around = mapAround(papers, links);
  const crowded = links.length > 3000; // then only the links of the paper pointed at can be told apart
  const names = (field) => new Map([...form.elements[field].options].map((each) => [each.value, each.textContent]));
  const topics = names("topic");
  const states = names("state");
  const orders = { topic: map.topics, tag: [], year: [], state: map.states };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let what = null;
  let choice = {};
  let chosen = null;
  let colours = new Map();
  let near = null; // the paper pointed at, and its neighbours

  const look = {
    topic: (id) => topics.get(id),
    paper: (paper, ink) => {
      const faded = !chosen.shown.has(paper.index) || (near && !near.papers.has(paper.index));
      if (faded) return { color: ink.line, label: null, zIndex: 0 };
      return { color: colours.get(mapKind(paper, choice.colour)), zIndex: 2, forceLabel: Boolean(near) };
    },
    link: (link, ink) => ({
      hidden: !chosen.has(link) || Boolean(near && near.index !== link.from && near.index !== link.to),
      color: near ? ink.soft : ink.thread,
    }),
  };

  const asked = new URLSearchParams(location.search);
  for (const name of MAP_CHOICES) {
    if (asked.has(name)) form.elements[name].value = asked.get(name);
    if (form.elements[name].selectedIndex === -1) form.elements[name].selectedIndex = 0;
  }
  place.querySelector(".pn-map-drawing").hidden = true;
  form.hidden = false;
  box.hidden = false;
  filters.open = innerWidth > 700;
  choose();
  const stage = mapStage(frame, map, papers, links, look, crowded);
  const camera = stage.sigma.getCamera();

  function isDark() {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : dark.matches;
  }

  function drawLegend() {
    const label = { topic: topics, state: states }[choice.colour];
    legend.replaceChildren(...[...colours].filter(([kind]) => kind !== "").map(([kind, colour]) => {
      const item = document.createElement("li");
      const dot = document.createElement("i");
      dot.style.background = colour;
      item.append(dot, kind === "missing" ? words.absent : label?.get(kind) ?? kind);
      return item;
    }));
  }

  function choose() {
    choice = Object.fromEntries(MAP_CHOICES.map((name) => [name, form.elements[name].value]));
    chosen = mapChosen(papers, links, choice);
    colours = mapColours(papers, choice.colour, orders[choice.colour], isDark());
    for (const row of rows) row.hidden = !chosen.shown.has(Number(row.dataset.node));
    count.textContent = words.count.replace("{n}", chosen.shown.size).replace("{all}", papers.length);
    drawLegend();
  }

  function show() {
    choose();
    stage.redraw();
    keep();
  }

  let waiting = 0;
  function keep() { // in the address, once it has come to rest
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const asked = new URLSearchParams();
      for (const name of MAP_CHOICES) {
        if (choice[name] && !(name === "colour" && choice[name] === "topic")) asked.set(name, choice[name]);
      }
      const { x, y, ratio } = camera.getState();
      const view = [x, y, ratio].map((value) => value.toFixed(3)).join(",");
      if (view !== "0.500,0.500,1.000") asked.set("view", view);
      const search = asked.toString().replaceAll("%2C", ",");
      history.replaceState(null, "", search ? `?${search}` : location.pathname);
    }, 200);
  }

  async function point(index) {
    const paper = papers[index];
    near = { index, papers: new Set([index]) };
    const links = around[index].filter(chosen.has);
    for (const link of links) near.papers.add(link.from).add(link.to);
    stage.point(links);
    const title = document.createElement("b");
    title.textContent = paper.title;
    title.lang = "en";
    about.replaceChildren(title, ` ${paper.known ?? ""} ${paper.here ? "" : words.absent}`);
    about.hidden = false;
    if (!paper.here) return;
    what ??= fetch(words.what).then((answer) => answer.json());
    const sentence = (await what)[index];
    if (near?.index === index) about.append(document.createElement("br"), sentence);
  }

  function leave() {
    near = null;
    about.hidden = true;
    stage.point([]);
  }

  const [x, y, ratio] = (asked.get("view") || "").split(",").map(Number);
  if ([x, y, ratio].every(Number.isFinite) && ratio > 0) camera.setState({ x, y, ratio });

  const open = (index) => { if (papers[index].address) location.href = papers[index].address; };
  stage.sigma.on("enterNode", ({ node }) => { stage.sigma.getContainer().classList.add("pn-pointing"); point(Number(node)); });
  stage.sigma.on("leaveNode", () => { stage.sigma.getContainer().classList.remove("pn-pointing"); leave(); });
  // A finger cannot point: its first tap shows, its second opens.
  let tapped = null;
  stage.sigma.on("clickNode", ({ node, event }) => {
    const index = Number(node);
    if (event.original.pointerType !== "touch" && !("changedTouches" in event.original)) open(index);
    else if (tapped === index) open(index);
    else point(index);
    tapped = index;
  });
  stage.sigma.on("clickStage", () => { tapped = null; leave(); });
  camera.on("updated", keep);
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(() => { camera.setState({ x: 0.5, y: 0.5, ratio: 1 }); show(); }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = papers.find((paper) => chosen.shown.has(paper.index));
    if (first && choice.q) { stage.centre(first.index); point(first.index); }
  });
  for (const row of rows) {
    row.addEventListener("focusin", () => point(Number(row.dataset.node)));
    row.addEventListener("focusout", leave);
    row.addEventListener("mouseenter", () => point(Number(row.dataset.node)));
    row.addEventListener("mouseleave", leave);
  }
  const actions = {
    in: () => camera.animatedZoom(),
    out: () => camera.animatedUnzoom(),
    all: () => camera.animatedReset(),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen()),
  };
  for (const button of box.querySelectorAll("[data-do]")) {
    button.hidden = button.dataset.do === "full" && !document.fullscreenEnabled;
    button.addEventListener("click", actions[button.dataset.do]);
  }
  dark.addEventListener("change", show);
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  keep();
})();
