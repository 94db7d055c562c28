// The same search as tools/paper_notes/graph/ways.py, on the numbers of data/graph.json.
const WAY_COSTS = { on: 2, beside: 3, back: 6 };
const WAY_NOT_HERE = 1;

/** Each node's steps: what its own note says first, then what others say of it. */
function waySteps(graph) {
  const steps = graph.nodes.map(() => []);
  const count = graph.edges.length / 3;
  const directions = {
    prerequisite: ["back", "on"], builds_on: ["back", "on"],
    follow_up: ["on", "back"], alternative: ["beside", "beside"],
  };
  for (const end of [0, 1]) {
    for (let edge = 0; edge < count; edge += 1) {
      const [from, to] = [graph.edges[3 * edge + end], graph.edges[3 * edge + 1 - end]];
      const direction = directions[graph.relations[graph.edges[3 * edge + 2]]][end];
      steps[from].push({ from, to, edge, direction });
    }
  }
  return steps;
}

/** The steps from one node to another, [] where they are the same, null where there is no way. */
function shortestWay(graph, start, end) {
  const steps = waySteps(graph);
  const best = new Map([[start, 0]]);
  const came = new Map();
  const done = new Set();
  const todo = [[start]]; // the nodes to visit, by what it costs to get there
  for (let cost = 0; cost < todo.length; cost += 1) {
    for (const node of (todo[cost] || []).sort((a, b) => a - b)) {
      if (done.has(node)) continue;
      done.add(node);
      for (const step of steps[node]) {
        const total = cost + WAY_COSTS[step.direction] + (step.to < graph.here ? 0 : WAY_NOT_HERE);
        if (total >= (best.get(step.to) ?? Infinity)) continue;
        best.set(step.to, total);
        came.set(step.to, step);
        (todo[total] ||= []).push(step.to);
      }
    }
  }
  if (!best.has(end)) return null;
  const way = [];
  for (let node = end; node !== start; node = way[0].from) way.unshift(came.get(node));
  return way;
}
