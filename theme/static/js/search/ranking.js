// The order of results (docs/search-format.md, section 4.3). Integers throughout, so that every
// reader of the index comes to the same order.

import {BY_PINYIN} from './finding.js';
import {spanOf} from './folding.js';
import {CLASS_SIZES} from './lists.js';
import {bodyPlaces} from './places.js';

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

// Advances through all places, always that of the word that comes first.
function smallestGap(places, lengths) {
  const heads = places.map(() => 0);
  const own = lengths.reduce((sum, length) => sum + length, 0);
  let best = Infinity;
  for (;;) {
    let first = 0;
    let end = 0;
    for (let word = 0; word < places.length; word += 1) {
      const start = places[word][heads[word]];
      if (start < places[first][heads[first]]) first = word;
      end = Math.max(end, start + lengths[word]);
    }
    best = Math.min(best, Math.max(0, end - places[first][heads[first]] - own));
    heads[first] += 1;
    if (best === 0 || heads[first] === places[first].length) return best;
  }
}

function nearness(document, hits, words) {
  const places = hits.map((found) => bodyPlaces(found, document));
  if (places.some((list) => !list.length)) return 0;
  const gap = smallestGap(places, words.map((word) => spanOf(word.units)));
  return Math.floor(524288 * 8 / (8 + (gap >> 1)));
}

function tierOf(hits, document) {
  let titles = true;
  let heads = true;
  for (const {fields} of hits) {
    const found = fields[document];
    if (found & BY_PINYIN) return 0;
    titles = titles && (found & 1) !== 0;
    heads = heads && (found & 3) !== 0;
  }
  return titles ? 3 : heads ? 2 : 1;
}

/** The documents of a segment that have all words. */
export function documentsWithAll(segment, hits) {
  const found = new Uint32Array(segment.size);
  let count = 0;
  for (let document = 0; document < segment.size; document += 1) {
    let has = true;
    for (let word = 0; has && word < hits.length; word += 1) has = hits[word].fields[document] !== 0;
    if (has) found[count++] = document;
  }
  return found.subarray(0, count);
}

/**
 * Tiers and scores of documents that have all words. `worths` and `hits` go with `words`; `average`
 * is the mean length of bodies.
 */
export function rankDocuments(segment, documents, words, hits, worths, average, near) {
  const tiers = new Int8Array(documents.length);
  const scores = new Float64Array(documents.length);
  const norms = CLASS_SIZES.map((size) => 77 + Math.floor(230 * size / average));
  documents.forEach((document, place) => {
    const norm = norms[segment.classes[document]];
    let score = 0;
    for (let word = 0; word < hits.length; word += 1) {
      const times = 256 * hits[word].weights[document];
      score += worths[word] * Math.floor(563 * times / (times + norm));
    }
    tiers[place] = tierOf(hits, document);
    if (near && tiers[place]) score += nearness(document, hits, words);
    scores[place] = score;
  });
  return {tiers, scores};
}

/** The tier of a document whose title is the query. */
export const EXACT = 4;

/** The order of two results. Documents further on, and segments further on, are never older. */
export function comparison(sort) {
  const byDate = (one, other) => (
    other.segment.number - one.segment.number || other.document - one.document);
  if (sort === 'new') return byDate;
  if (sort === 'old') return (one, other) => byDate(other, one);
  return (one, other) => other.tier - one.tier || other.score - one.score || byDate(one, other);
}
