// What the reader chose to see: stored in this browser, and written on the root element as data-*.

const KEPT_AS = 'dangjian-choices';

/** What can be chosen, and the values besides the usual one, which is the empty string. */
export const CHOICES_OF = {
  theme: ['light', 'dark'],
  contrast: ['high'],
  elder: ['on'],
  fontscale: ['large', 'small'],
  motion: ['less'],
  cursor: ['large'],
};

// Storage may be forbidden (DOMException), missing (TypeError), or hold anything (SyntaxError).
function isStorageTrouble(error) {
  return error instanceof DOMException || error instanceof TypeError || error instanceof SyntaxError;
}

/** The choices stored by earlier pages. */
export function keptChoices() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_AS));
    return kept && typeof kept === 'object' ? kept : {};
  } catch (error) {
    if (!isStorageTrouble(error)) throw error;
    return {};
  }
}

/** Shows a choice on this page. */
export function showChoice(name, value) {
  const shown = document.documentElement.dataset;
  if (CHOICES_OF[name].includes(value)) shown[name] = value;
  else delete shown[name];
}

/** The choice that this page shows. */
export function shownChoice(name) {
  return document.documentElement.dataset[name] || '';
}

/** Shows a choice and keeps it for the pages to come, if the browser lets us. */
export function makeChoice(name, value) {
  showChoice(name, value);
  const all = keptChoices();
  if (value) all[name] = value;
  else delete all[name];
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify(all));
  } catch (error) {
    if (!isStorageTrouble(error)) throw error;
  }
  document.dispatchEvent(new CustomEvent('choice', {detail: name}));
}
