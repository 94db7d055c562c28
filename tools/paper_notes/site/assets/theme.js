// Runs before the first paint so that a chosen colour scheme does not flash.
// Without a choice (or without JavaScript) the style sheet follows the system.
(function () {
  let chosen = null;
  try { chosen = localStorage.getItem("paper-notes.theme"); } catch { /* storage may be closed */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
