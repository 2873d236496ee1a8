// What of a query can be pinyin, and the terms that stand for it (search-format.md, 3.3 and 4.2).

const SYLLABLE = new RegExp('^(b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w)?(a|ai|an|ang|ao|e|ei|en'
  + '|eng|er|i|ia|ian|iang|iao|ie|in|ing|iong|iu|o|ong|ou|u|ua|uai|uan|uang|ue|ui|un|uo|v|ve)$');
const LONGEST_SYLLABLE = 6;
const MOST_SPLITS = 8;
const SYLLABLE_BASE = 0x10000000;
const INITIAL_BASE = 0x110000;

/** Whether a word may be pinyin: typed as one run of small Latin letters. */
export function mayBePinyin(word) {
  return !word.minus && !word.quoted && word.field !== 'body' && /^[a-z]{2,40}$/.test(word.text);
}

// For each place of a word whether syllables lead from there to its end.
function waysToEnd(letters) {
  const good = new Array(letters.length).fill(false).concat(true);
  for (let start = letters.length - 1; start >= 0; start -= 1) {
    for (let end = start + 1; end <= Math.min(letters.length, start + LONGEST_SYLLABLE); end += 1) {
      if (good[end] && SYLLABLE.test(letters.slice(start, end))) good[start] = true;
    }
  }
  return good;
}

/** How a word splits into syllables: fewest first, then longer first syllables first; at most 8. */
export function syllableSplits(letters) {
  const good = waysToEnd(letters);
  const found = [];
  const walk = (start, before, left) => {
    if (start === letters.length) {
      if (!left) found.push(before);
      return;
    }
    if (!left || found.length >= MOST_SPLITS) return;
    for (let end = Math.min(letters.length, start + LONGEST_SYLLABLE); end > start; end -= 1) {
      const syllable = letters.slice(start, end);
      if (good[end] && SYLLABLE.test(syllable)) walk(end, [...before, syllable], left - 1);
    }
  };
  for (let count = 1; good[0] && count <= letters.length && found.length < MOST_SPLITS; count += 1) {
    walk(0, [], count);
  }
  return found.slice(0, MOST_SPLITS);
}

function syllableNumber(syllable) {
  return Array.from(syllable).reduce(
    (value, letter) => value * 27 + letter.charCodeAt(0) - 96, 0) + SYLLABLE_BASE;
}

function neighbours(numbers) {
  return numbers.slice(1).map((number, place) => [numbers[place], number]);
}

/** The terms of syllables next to each other; of a single one, it alone. */
export function syllableTerms(syllables) {
  const numbers = syllables.map(syllableNumber);
  return numbers.length === 1 ? [[numbers[0], 0]] : neighbours(numbers);
}

/** The terms of a word read letter by letter as initials. */
export function initialTerms(letters) {
  return neighbours(Array.from(letters, (letter) => INITIAL_BASE + letter.charCodeAt(0)));
}
