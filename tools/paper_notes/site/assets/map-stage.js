// The map as sigma draws it: dots, links, and as many labels as fit without touching.

/** Whether this browser can draw it. */
function mapCanDraw() {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

/** Load what draws it, which is not even possible where it cannot be drawn. */
function mapLibraries() {
  const waiting = document.querySelectorAll(".pn-library");
  return Promise.all([...waiting].map((template) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.async = false; // in their order
    script.src = template.content.firstElementChild.getAttribute("src");
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  })));
}

/** For each paper where the next one on its row begins. */
function mapRows(papers) {
  const found = new Map();
  const last = new Map();
  for (const paper of papers.toSorted((a, b) => b.x - a.x)) {
    if (last.has(paper.y)) found.set(paper.index, last.get(paper.y));
    last.set(paper.y, paper.x);
  }
  return found;
}

/** The first name that fits whole, or as many words of the first one as do; "" where too few would. */
function mapFitted(context, names, room) {
  const fits = (text) => context.measureText(text).width <= room;
  const whole = names.find(fits);
  if (whole) return whole;
  let words = names[0].split(" ");
  while (words.length && !fits(`${words.join(" ")}…`)) words = words.slice(0, -1);
  const kept = words.join(" ");
  return kept.length < 8 ? "" : `${kept}…`;
}

/**
 * Draws papers and links into a frame. `look` gives each paper and link what it looks like now; if
 * `sparse`, links are drawn only on demand.
 */
function mapStage(frame, map, papers, links, look, sparse) {
  const stage = frame.querySelector(".pn-map-stage");
  const axes = frame.querySelector(".pn-map-axes");
  const [wide, high] = [stage.clientWidth, stage.clientHeight];
  // Both axes only order the papers, so the map may fill whatever screen there is.
  const place = (x, y) => ({ x: (x / map.width) * (wide / high), y: 1 - y / map.height });
  const rows = mapRows(papers);
  const degree = papers.map(() => 0);
  for (const link of links) { degree[link.from] += 1; degree[link.to] += 1; }

  const graph = new graphology.MultiDirectedGraph();
  const small = Math.min(1, Math.max(0.25, (4 * high) / map.height)); // rows may be narrower than dots
  for (const paper of papers) {
    const weight = Math.min(12, 4 + 1.3 * Math.sqrt(degree[paper.index]));
    const size = weight * small * (paper.here ? 1 : 0.75);
    const room = (rows.get(paper.index) ?? Infinity) - paper.x; // until the next paper on its right
    graph.addNode(String(paper.index), { ...place(paper.x, paper.y), size, room, label: paper.label, names: paper.names });
  }
  const draw = ({ index, from, to, relation }) => {
    const level = papers[from].y === papers[to].y; // a straight line would cross others
    const type = level ? "curve" : relation === "alternative" ? "line" : "arrow";
    graph.addEdgeWithKey(String(index), String(from), String(to), { type, size: 1.4, curvature: 0.12 });
  };
  if (!sparse) links.forEach(draw);

  stage.labels = []; // the labels drawn last, as boxes
  const colour = (name) => { // as WebGL takes it, for the scheme there is now
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    frame.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  let ink = {};
  let scale = 0; // pixels for each unit of the map, worked out once a frame
  const takeColours = () => {
    const names = ["ink", "paper", "line", "soft", "thread"];
    ink = Object.fromEntries(names.map((name) => [name, colour(`--pn-${name}`)]));
  };
  takeColours();

  function drawLabel(context, data, settings) {
    context.font = `${settings.labelSize}px ${settings.labelFont}`;
    scale ||= (sigma.graphToViewport(place(1000, 0)).x - sigma.graphToViewport(place(0, 0)).x) / 1000;
    const room = Math.min(data.room * scale, frame.clientWidth - data.x) - data.size - 16; // its dot
    const text = mapFitted(context, data.names, room);
    if (!text) return;
    const width = context.measureText(text).width;
    const box = { left: data.x + data.size + 3, top: data.y - 8, right: data.x + data.size + 5 + width, bottom: data.y + 8 };
    const hit = (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    if (stage.labels.some(hit)) return;
    stage.labels.push(box);
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = ink.paper;
    context.fillStyle = ink.ink;
    context.strokeText(text, box.left, data.y + settings.labelSize / 3);
    context.fillText(text, box.left, data.y + settings.labelSize / 3);
  }

  function drawHover(context, data, settings) {
    context.font = `600 ${settings.labelSize + 1}px ${settings.labelFont}`;
    const width = context.measureText(data.label).width + 10;
    context.fillStyle = ink.paper;
    context.strokeStyle = data.color;
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(data.x + data.size + 1, data.y - 12, width, 24, 4);
    context.fill();
    context.stroke();
    context.fillStyle = ink.ink;
    context.fillText(data.label, data.x + data.size + 6, data.y + settings.labelSize / 3);
    context.beginPath();
    context.arc(data.x, data.y, data.size + 3, 0, 7);
    context.stroke();
  }

  // It draws at once what it is given: nothing, until all that drawing needs is there.
  const sigma = new Sigma(new graphology.MultiDirectedGraph(), stage, {
    nodeReducer: (key, data) => ({ ...data, ...look.paper(papers[key], ink) }),
    edgeReducer: (key, data) => ({ ...data, ...look.link(links[key], ink) }),
    edgeProgramClasses: {
      arrow: Sigma.rendering.EdgeArrowProgram,
      curve: Sigma.rendering.EdgeCurveProgram,
      line: Sigma.rendering.EdgeRectangleProgram,
    },
    defaultDrawNodeLabel: drawLabel,
    defaultDrawNodeHover: drawHover,
    labelFont: getComputedStyle(document.body).fontFamily,
    labelSize: 13,
    labelDensity: 4,
    labelRenderedSizeThreshold: 0,
    stagePadding: 24,
    zIndex: true,
    minCameraRatio: 0.02,
    maxCameraRatio: 2,
    allowInvalidContainer: true,
  });

  sigma.setCustomBBox({ x: [0, wide / high], y: [0, 1] }); // with room for the last labels

  function drawAxes() {
    const marks = [];
    const mark = (text, left, top, kind) => {
      const made = document.createElement("span");
      made.className = kind;
      made.textContent = text;
      made.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
      marks.push(made);
    };
    let last = -Infinity;
    for (const [year, x] of map.years) {
      const at = sigma.graphToViewport(place(x, 0)).x;
      if (at < 4 || at > frame.clientWidth - 30 || at - last < 46) continue;
      last = at;
      mark(year, at - 14, frame.clientHeight - 24, "pn-map-at-year");
    }
    last = -Infinity;
    map.lanes.forEach((y, index) => {
      const at = sigma.graphToViewport(place(0, y)).y - 8; // clear of the dots below
      if (at < 0 || at > frame.clientHeight - 46 || at - last < 20) return;
      last = at;
      mark(look.topic(map.topics[index]), 8, at, "pn-map-at-topic");
    });
    axes.replaceChildren(...marks);
  }

  sigma.on("beforeRender", () => {
    stage.labels.length = 0;
    scale = 0;
  });
  sigma.on("afterRender", drawAxes);
  sigma.setGraph(graph);
  return {
    sigma,
    redraw: () => { takeColours(); sigma.refresh(); },
    point: (around) => { // draw anew after the paper pointed at has changed
      if (sparse) {
        graph.clearEdges();
        around.forEach(draw);
      }
      sigma.refresh({ skipIndexation: !sparse, schedule: true });
    },
    centre: (index) => {
      const { x, y } = sigma.getNodeDisplayData(String(index));
      sigma.getCamera().animate({ x, y, ratio: Math.min(0.5, sigma.getCamera().ratio) }, { duration: 300 });
    },
  };
}
