// Shows chosen papers side by side: compare/?papers=vae,gan. Their own pages are the data.
(function () {
  const section = document.querySelector(".pn-chosen");
  const byIds = document.querySelector(".pn-by-ids");
  if (byIds) byIds.hidden = false;
  const asked = new URLSearchParams(location.search).getAll("papers").join(",").split(/[\s,]+/);
  const ids = [...new Set(asked)].filter((id) => /^[a-z][a-z0-9_]{0,63}$/.test(id));
  if (!section || !ids.length) return;
  const { papers, lost, remove, alone, claims, results } = section.dataset;
  const address = (some) => `?papers=${some.join(",")}`;

  async function read(id) {
    const answer = await fetch(`${papers}${id}/`);
    if (!answer.ok) return { id, missing: true };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const a of page.querySelectorAll("a[href]")) {
      a.href = new URL(a.getAttribute("href"), answer.url).href;
    }
    return { id, page, url: answer.url, title: page.querySelector("h1").textContent };
  }

  // What stands under a heading, up to the next one.
  function under(heading) {
    const found = [];
    for (let node = heading.nextElementSibling; node && !/^H[1-3]$/.test(node.tagName); node = node.nextElementSibling) {
      found.push(node);
    }
    return found;
  }

  function claimsOf(page) {
    const list = document.createElement("ul");
    for (const row of page.querySelectorAll(".pn-claims tbody tr")) {
      const item = document.createElement("li");
      const badge = row.querySelector(".pn-badge");
      item.append(badge, " ", ...row.cells[0].childNodes);
      list.append(item);
    }
    return [list];
  }

  function resultsOf(page) {
    const list = document.createElement("ul");
    for (const row of page.querySelectorAll(".pn-results tbody tr")) {
      const [dataset, metric, value, setting] = [...row.cells].map((cell) => cell.textContent.trim());
      const item = document.createElement("li");
      const figure = document.createElement("b");
      figure.textContent = value;
      item.append(`${dataset}, ${metric}: `, figure, setting ? ` (${setting})` : "");
      list.append(item);
    }
    list.lang = "en";
    return [list];
  }

  function cell(tag, content) {
    const made = document.createElement(tag);
    made.append(...content);
    return made;
  }

  function row(cells) {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  }

  function block(table, name, cells) {
    const head = cell("th", [cell("span", [name])]);
    head.scope = "rowgroup";
    head.colSpan = cells.length;
    const body = document.createElement("tbody");
    const first = row([head]);
    first.className = "pn-rows";
    body.append(first, row(cells));
    table.append(body);
  }

  function build(chosen) {
    const table = document.createElement("table");
    table.className = "pn-compare";
    const heads = chosen.map(({ title, url }) => {
      const a = cell("a", [title]);
      a.href = url;
      a.lang = "en";
      const head = cell("th", [a]);
      head.scope = "col";
      return head;
    });
    table.createTHead().append(row(heads));
    for (const heading of chosen[0].page.querySelectorAll(".pn-notes > h2")) {
      const cells = chosen.map(({ page }) => {
        const same = page.getElementById(heading.id);
        return cell("td", same ? under(same) : []);
      });
      block(table, heading.textContent, cells);
    }
    block(table, claims, chosen.map(({ page }) => cell("td", claimsOf(page))));
    block(table, results, chosen.map(({ page }) => cell("td", resultsOf(page))));
    return table;
  }

  function chips(chosen) {
    return chosen.map(({ id, title }) => {
      const rest = ids.filter((other) => other !== id);
      const a = cell("a", ["×"]);
      a.href = rest.length ? address(rest) : location.pathname;
      a.setAttribute("aria-label", `${remove}: ${title}`);
      const name = cell("span", [title]);
      name.lang = "en";
      return cell("li", [name, " ", a]);
    });
  }

  Promise.all(ids.map(read)).then((all) => {
    const chosen = all.filter((item) => !item.missing);
    const missing = all.filter((item) => item.missing).map((item) => item.id);
    const said = [missing.length ? lost + missing.join(", ") : "", chosen.length === 1 ? alone : ""];
    section.querySelector("[role=status]").textContent = said.filter(Boolean).join(" ");
    section.querySelector("ul").append(...chips(chosen));
    if (chosen.length) section.querySelector(".pn-scroll").append(build(chosen));
    history.replaceState(null, "", address(ids));
    section.hidden = false;
  }).catch(() => {}); // the network is gone, or the pages are files: the topics below remain
})();
