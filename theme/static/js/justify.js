// Justified lines are stretched as far as their words leave room. Where that would tear a line apart
// (before a long address, at a large type size), its paragraph is set ragged.

const MOST_STRETCH = 0.12;

// How far the emptiest line of a paragraph but the last would be stretched. Measured ragged.
function stretchOf(paragraph, range) {
  range.selectNodeContents(paragraph);
  const {left, width} = paragraph.getBoundingClientRect();
  const rights = new Map();
  for (const {bottom, right} of range.getClientRects()) {
    const line = Math.round(bottom / 8);
    rights.set(line, Math.max(rights.get(line) || 0, right));
  }
  const lines = Array.from(rights.values()).slice(0, -1);
  return lines.length ? width / (Math.min(...lines) - left) - 1 : 0;
}

function setRagged(root) {
  const paragraphs = Array.from(root.querySelectorAll('p'));
  const range = new Range();
  root.classList.add('measured');
  const torn = paragraphs.map((paragraph) => stretchOf(paragraph, range) > MOST_STRETCH);
  root.classList.remove('measured');
  paragraphs.forEach((paragraph, place) => paragraph.classList.toggle('ragged', torn[place]));
}

/** Sets the torn paragraphs of a text ragged, and again when its width or type size changes. */
export function startJustify(root) {
  if (!root || !window.ResizeObserver) return;
  let width = 0;
  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    setRagged(root);
  }).observe(root);
  document.addEventListener('choice', () => setRagged(root));
}
