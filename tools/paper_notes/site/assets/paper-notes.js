// The theme button and the copy buttons. Both are hidden until this runs.
(function () {
  const root = document.documentElement;
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
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll(".pn-copy")) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 2000);
    });
  }
})();
