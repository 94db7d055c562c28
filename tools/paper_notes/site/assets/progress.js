// Ticks on a learning path, kept in this browser. A paper ticked on one path is ticked on all.
(function () {
  const KEY = "paper-notes.read";
  const list = document.querySelector(".pn-path");
  const output = document.querySelector(".pn-progress");
  const steps = [...list.querySelectorAll("[data-step]")];

  function stored() {
    try { return new Set(JSON.parse(localStorage.getItem(KEY)) || []); } catch { return new Set(); }
  }

  function show() {
    const read = stored();
    for (const step of steps) {
      const ticked = read.has(step.dataset.step);
      step.querySelector("input").checked = ticked;
      step.classList.toggle("pn-read", ticked);
    }
    const count = steps.filter((step) => read.has(step.dataset.step)).length;
    output.textContent = output.dataset.words.replace("{n}", count).replace("{all}", steps.length);
  }

  for (const step of steps) {
    const label = step.querySelector("label");
    label.hidden = false;
    label.firstElementChild.addEventListener("change", (event) => {
      const read = stored();
      read[event.target.checked ? "add" : "delete"](step.dataset.step);
      try { localStorage.setItem(KEY, JSON.stringify([...read])); } catch { /* storage may be closed */ }
      show();
    });
  }
  addEventListener("storage", show); // the same path in another tab
  output.hidden = false;
  show();
})();
