// The order of results (docs/search-format.md, section 4.3). Integers throughout, so that every
// reader of the index comes to the same order.

import {bodyPlaces, BY_PINYIN} from './finding.js';
import {classSize} from './segment.js';

const NEAR_LIMIT = 16384;


function lg(value) {
  const exponent = Math.floor(Math.log2(value));
  const right = 2 ** exponent > value ? exponent - 1 : 2 ** (exponent + 1) <= value
    ? exponent + 1 : exponent;
  return 256 * right + Math.floor(value * 256 / 2 ** right) - 256;
}

/** What a word is worth that `n` of `total` documents have. */
export function worthOf(n, total) {
  return Math.max(16, lg(Math.max(1, Math.floor(16 * (total + 1) / Math.max(1, n)))) - 1024);
}

/** Whether nearness counts for these words, found in `counts` documents. */
export function nearnessCounts(words, counts) {
  return words.length >= 2 && words.length <= 4
    && words.every((word) => word.pieces.length === 1 && word.units.length > 1
      && word.field !== 'title')
    && counts.reduce((sum, count) => sum + count, 0) <= NEAR_LIMIT;
}

function smallestGap(places, lengths) {
  const all = places.flatMap((list, word) => Array.from(list, (place) => [place, word]));
  all.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  const last = new Array(places.length).fill(-1);
  const units = lengths.reduce((sum, length) => sum + length, 0);
  let best = Infinity;
  for (const [place, word] of all) {
    last[word] = place;
    if (last.includes(-1)) continue;
    const end = Math.max(...last.map((start, number) => start + lengths[number]));
    best = Math.min(best, Math.max(0, end - Math.min(...last) - units));
  }
  return best;
}

function nearness(document, hits, words) {
  const places = hits.map((found) => bodyPlaces(found, document));
  if (places.some((list) => !list.length)) return 0;
  const gap = smallestGap(places, words.map((word) => word.units.length));
  return Math.floor(524288 * 8 / (8 + gap));
}

function tierOf(fields) {
  if (fields.some((found) => found & BY_PINYIN)) return 0;
  if (fields.every((found) => found & 1)) return 3;
  return fields.every((found) => found & 3) ? 2 : 1;
}

/**
 * Tier and score of the documents of a segment that have all words; other documents have tier -1.
 * `worths` and `hits` go with `words`; `average` is the mean length of bodies.
 */
export function rankSegment(segment, words, hits, worths, average, near) {
  const tiers = new Int8Array(segment.size).fill(-1);
  const scores = new Float64Array(segment.size);
  const norms = new Map();
  for (let document = 0; document < segment.size; document += 1) {
    if (!segment.live[document] || !hits.every((found) => found.fields[document])) continue;
    const size = segment.classes[document];
    if (!norms.has(size)) norms.set(size, 77 + Math.floor(230 * classSize(size) / average));
    const fields = hits.map((found) => found.fields[document]);
    let score = 0;
    hits.forEach((found, number) => {
      const times = 256 * found.weights[document];
      score += worths[number] * Math.floor(563 * times / (times + norms.get(size)));
    });
    if (near && !fields.some((found) => found & BY_PINYIN)) score += nearness(document, hits, words);
    tiers[document] = tierOf(fields);
    scores[document] = score;
  }
  return {tiers, scores};
}

/** The tier of a document whose title is the query. */
export const EXACT = 4;

/**
 * The order of two results. `missing(segment, name)` is called when it needs minutes or ties of a
 * segment that were not loaded; the two count as equal then.
 */
export function comparison(sort, missing) {
  const fine = (name, one, other) => {
    const lacking = [one, other].filter(({segment}) => !segment.fine[name]);
    for (const {segment} of lacking) missing(segment, name);
    return lacking.length ? NaN
      : other.segment.fine[name][other.document] - one.segment.fine[name][one.document];
  };
  const byDate = (one, other) => {
    if (one.day !== other.day) return other.day - one.day;
    if (one.segment === other.segment) return other.document - one.document;
    const byMinute = fine('minutes', one, other);
    if (byMinute !== 0) return byMinute || 0;
    return fine('ties', one, other) || one.segment.number - other.segment.number;
  };
  if (sort === 'new') return byDate;
  if (sort === 'old') return (one, other) => byDate(other, one);
  return (one, other) => other.tier - one.tier || other.score - one.score || byDate(one, other);
}
