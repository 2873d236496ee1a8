/* Runs before the first paint: puts the reader's stored choices on the root element. */
const root = document.documentElement;
root.dataset.js = "";
if ("speechSynthesis" in window) root.dataset.speech = "";
