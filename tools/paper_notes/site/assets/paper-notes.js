// The theme button and the copy buttons, both hidden until this runs; parts of the page that are laid
// out late; reading without a network.
(function () {
  const root = document.documentElement;
  const worker = new URL("../sw.js", document.currentScript.src);
  const theme = document.querySelector(".pn-theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", () => {
      const dark = root.dataset.theme
        ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("paper-notes.theme", root.dataset.theme); } catch { /* storage may be closed */ }
    });
  }
  for (const button of navigator.clipboard ? document.querySelectorAll(".pn-copy") : []) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
  // What the style sheet leaves for later is laid out once there is time, one part after the other, so
  // that the scroll bar and pictures of the whole page are right.
  const late = [...document.querySelectorAll(".pn-side, .pn-checked")];
  const idle = window.requestIdleCallback || ((next) => setTimeout(next, 200));
  const lay = () => {
    late.shift()?.classList.add("pn-laid");
    if (late.length) idle(lay);
  };
  addEventListener("load", () => idle(lay));
  if (location.protocol === "file:") {
    // Links in the pages name index.html there (paper-notes build --zip); those that scripts make do not.
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href]");
      if (link && link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
    }, true);
  } else if (navigator.serviceWorker) {
    addEventListener("load", async () => {
      try {
        const first = !navigator.serviceWorker.controller;
        await navigator.serviceWorker.register(worker);
        const { active } = await navigator.serviceWorker.ready;
        const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
        if (first) active.postMessage([location.href, ...parts]);
      } catch { /* storage may be closed: then pages are simply not kept */ }
    });
  }
})();
