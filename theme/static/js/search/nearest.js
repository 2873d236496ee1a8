// The nearest words that exist, for a word that nothing has (docs/search-format.md, section 4.5).

import {BREAK} from './folding.js';

const LEAST_UNITS = 3;
const MOST_UNITS = 16;
const MOST_TITLES = 12;
const MOST_WORDS = 3;
const BLANKS = /[ \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

// Whether a word has one unit wrong, one too few, or one twice.
function isNear(part, wanted) {
  let start = 0;
  while (start < part.length && start < wanted.length && part[start] === wanted[start]) start += 1;
  const fewer = part.length < wanted.length;
  if (fewer ? wanted[start] !== wanted[start - 1] : start === part.length) return false;
  const left = part.slice(start + (fewer ? 0 : 1));
  const right = wanted.slice(start + (part.length > wanted.length ? 0 : 1));
  return left.join() === right.join();
}

// Stretches of a title, [start, end] in its units, that are nearly a word; those as long as it first.
function stretchesOf(units, wanted) {
  const found = [];
  for (const length of [wanted.length, wanted.length + 1, wanted.length - 1]) {
    for (let start = 0; start + length <= units.length; start += 1) {
      const part = units.slice(start, start + length);
      if (!part.includes(BREAK) && isNear(part, wanted)) found.push([start, start + length]);
    }
  }
  return found;
}

// The newest titles of a segment that have all units of a word but one at most.
async function titlesOf(finder, units) {
  const {segment} = finder;
  const terms = await finder.after(Promise.all(units.map((unit) => segment.term([unit, 0]))));
  const lists = terms.filter((term) => term && term.lists[0]);
  if (lists.length < units.length - 1) return [];
  await finder.load(lists, 1);
  const counts = new Map();
  for (const {lists: [titles]} of lists) {
    for (const document of titles.docs) counts.set(document, (counts.get(document) || 0) + 1);
  }
  return [...counts].filter(([, count]) => count >= units.length - 1)
    .sort((one, other) => other[1] - one[1] || other[0] - one[0])
    .slice(0, MOST_TITLES).map(([document]) => document);
}

/** Words of titles that differ from a word in one character, newest segments first; at most three. */
export async function nearestWords(finders, word) {
  const {units} = word;
  if (units.length < LEAST_UNITS || units.length > MOST_UNITS || units.includes(BREAK)
    || word.field === 'body') return [];
  const distinct = [...new Set(units)];
  const found = new Map();
  for (const finder of [...finders].reverse()) {
    const documents = await titlesOf(finder, distinct);
    const texts = await finder.after(Promise.all(documents.map((doc) => finder.text(doc))));
    for (const {record: {title}, fields: [{units: inTitle, origins}]} of texts) {
      for (const [start, end] of stretchesOf(inTitle, units)) {
        const last = origins[end - 1];
        const behind = last + (title.codePointAt(last) > 0xffff ? 2 : 1);
        const key = inTitle.slice(start, end).join();
        if (!found.has(key)) {
          found.set(key, title.slice(origins[start], behind).replace(BLANKS, ''));
        }
      }
    }
    if (found.size >= MOST_WORDS) break;
  }
  return [...found.values()].slice(0, MOST_WORDS);
}
