// What the map knows of its papers, apart from any drawing: filters, colours, the legend.
const MAP_CHOICES = ["q", "topic", "tag", "state", "relation", "from", "to", "colour"];

/** One object a paper, out of the columns of data/graph.json and data/map.json. */
function mapPapers(graph, map, papersAddress) {
  return graph.nodes.map(([key, title, known, address], index) => ({
    index, key, title, known,
    here: index < graph.here,
    address: index < graph.here ? `${papersAddress}${key}/` : address,
    x: map.x[index], y: map.y[index], year: map.year[index],
    topic: map.topics[map.topic[index]],
    tags: map.tag[index].map((tag) => map.tags[tag]),
    state: map.states[map.state[index]],
    words: mapFold(`${key} ${title}`),
    label: mapShort(title, index < graph.here ? key : null),
    names: mapNames(title, index < graph.here ? key : null),
  }));
}

/** The links, each from the paper to read first to the one to read then. */
function mapLinks(graph) {
  const links = [];
  for (let at = 0; at < graph.edges.length; at += 3) {
    const source = graph.edges[at];
    const target = graph.edges[at + 1];
    const relation = graph.relations[graph.edges[at + 2]];
    const turned = relation === "prerequisite" || relation === "builds_on";
    links.push({ index: links.length, from: turned ? target : source, to: turned ? source : target, relation });
  }
  return links;
}

/** The links of each paper. */
function mapAround(papers, links) {
  const around = papers.map(() => []);
  for (const link of links) {
    around[link.from].push(link);
    around[link.to].push(link);
  }
  return around;
}

/** The numbers of the papers that a choice leaves, and whether it leaves a link. */
function mapChosen(papers, links, choice) {
  const asked = mapFold(choice.q || "").trim();
  const linked = new Set();
  for (const link of choice.relation ? links : []) {
    if (link.relation === choice.relation) linked.add(link.from).add(link.to);
  }
  const left = papers.filter((paper) =>
    (!asked || paper.words.includes(asked))
    && (!choice.topic || paper.topic === choice.topic)
    && (!choice.tag || paper.tags.includes(choice.tag))
    && (!choice.state || paper.state === choice.state)
    && (!choice.relation || linked.has(paper.index))
    && (!choice.from || paper.year >= Number(choice.from))
    && (!choice.to || paper.year <= Number(choice.to)));
  const shown = new Set(left.map((paper) => paper.index));
  const has = (link) =>
    (!choice.relation || link.relation === choice.relation) && shown.has(link.from) && shown.has(link.to);
  return { shown, has };
}

/** What a paper's colour stands for. */
function mapKind(paper, by) {
  if (!paper.here && by !== "topic" && by !== "year") return "missing";
  return { topic: paper.topic, tag: paper.tags[0] || "", year: String(paper.year), state: paper.state }[by];
}

/** A colour for each kind there is, in the order in which the legend lists them. */
function mapColours(papers, by, order, dark) {
  const kinds = [...new Set(papers.map((paper) => mapKind(paper, by)))];
  const rank = (kind) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  kinds.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, "en", { numeric: true }));
  const fixed = { verified: 205, reported: 45, failing: 8, unchecked: 285 };
  return new Map(kinds.map((kind, index) => {
    if (kind === "missing" || kind === "") return [kind, dark ? "#7d858e" : "#8d949c"];
    const along = kinds.length > 1 ? index / (kinds.length - 1) : 0;
    const hue = fixed[kind] ?? (by === "year" ? 265 - 245 * along : (200 + 137.5 * index) % 360);
    return [kind, mapHex(hue, dark ? 0.55 : 0.62, dark ? 0.68 : 0.4)];
  }));
}

function mapHex(hue, saturation, lightness) {
  const channel = (n) => {
    const k = (n + hue / 30) % 12;
    const value = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(255 * value).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

function mapFold(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** What a paper may be called on the map, the best first. */
function mapNames(title, id) {
  const short = mapShort(title, id);
  return id ? [short, id.replaceAll("_", " ")] : [short];
}

/** What stands before the colon, or a long title's id as words, as the drawing without a script. */
function mapShort(title, id) {
  const [name, rest] = title.split(": ", 2);
  const short = rest && name.length <= 40 ? name : title;
  if (id && short.length > 24) return id.replaceAll("_", " ");
  return short.length <= 34 ? short : `${short.slice(0, 34).replace(/\s+\S*$/, "")}…`;
}
