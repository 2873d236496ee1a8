// What a result shows of its document: the title and a stretch of the text, hits marked.

import {placesOf} from './places.js';

const SNIPPET = 96;
const LEAST = 24;
const BEFORE = 24;
const LEAD = 10;
const LONGEST_SHOWN = 20000;
const NEAR_END = 20;
const SENTENCE_END = /[。！？；\n]/;
const HEAD_CELL_END = '\x01';
const NO_BEGINNING = /^[、”’》〉）】」』…—\s]*/;
const CLAUSE_END = /[。！？；，：\n]/;

/** Stretches of a text, [start, end, number of the word], in order of their start. */
export function hitsIn({units, origins}, text, words) {
  const found = [];
  words.forEach((word, number) => {
    for (const place of placesOf(word.units, units)) {
      const last = origins[place + word.units.length - 1];
      const end = last + (text.codePointAt(last) > 0xffff ? 2 : 1);
      found.push([origins[place], end, number]);
      if (found.length > LONGEST_SHOWN) return;
    }
  });
  return found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
}

/** A text in pieces whose every second one is a hit. */
export function markPieces(text, hits, start = 0, end = text.length) {
  const pieces = [];
  let at = start;
  let open = '';
  for (const [from, to] of hits) {
    if (to <= at || from >= end) continue;
    if (from > at || !pieces.length) {
      if (pieces.length) pieces.push(open);
      pieces.push(text.slice(at, Math.max(at, from)));
      open = '';
    }
    const first = Math.max(at, from);
    open += text.slice(first, Math.min(to, end));
    at = Math.min(to, end);
  }
  if (pieces.length) pieces.push(open);
  pieces.push(text.slice(at, end));
  return pieces;
}

// The hit at which a stretch begins that shows the most different words, then the most hits.
function bestStart(hits, size) {
  let best = 0;
  let bestValue = -1;
  for (let first = 0; first < hits.length; first += 1) {
    const limit = hits[first][0] + size - BEFORE;
    const words = new Set();
    let count = 0;
    for (let at = first; at < hits.length && hits[at][1] <= limit; at += 1) {
      words.add(hits[at][2]);
      count += 1;
    }
    const value = words.size * 100 + Math.min(count, 99);
    if (value > bestValue) {
      best = first;
      bestValue = value;
    }
    if (first > 2000) break;
  }
  return hits[best][0];
}

// A place at or before `place` where a sentence begins, if there is one near; else as it is.
function sentenceStart(text, place, near) {
  for (let at = place; at > Math.max(0, place - near); at -= 1) {
    if (SENTENCE_END.test(text[at - 1])) return at;
  }
  return place - near <= 0 ? 0 : clauseStart(text, place - Math.min(near, BEFORE), place);
}

// The first place from `from` on where a clause begins; if none does before `to`, behind the signs
// that no line begins with.
function clauseStart(text, from, to) {
  for (let at = from; at <= to; at += 1) if (CLAUSE_END.test(text[at - 1])) return at;
  return from + NO_BEGINNING.exec(text.slice(from, to))[0].length;
}

function wholeCharacters(text, place) {
  const code = text.charCodeAt(place);
  return code >= 0xdc00 && code <= 0xdfff ? place - 1 : place;
}

// A place at or a little before `end` where a clause ends, if there is one.
function senseEnd(text, end, near) {
  if (end === text.length) return end;
  for (let at = end; at > end - near; at -= 1) if (CLAUSE_END.test(text[at - 1])) return at;
  return end;
}

// Paragraphs behind each other in one line, with a space of a whole character between them.
function inOneLine(text) {
  return text.replace(/\x01?\s*\n\s*/g, '\u3000').replace(/[^\S\u3000]+/g, ' ');
}

// A text without those cells of tables' heads that have no hit, and the hits in it.
function withoutHeads(text, hits) {
  const lines = [];
  const moved = [];
  let start = 0;
  let length = 0;
  for (const line of text.split('\n')) {
    const end = start + line.length;
    if (!line.endsWith(HEAD_CELL_END) || hits.some(([from, to]) => from <= end && to > start)) {
      const inside = hits.filter(([from]) => from >= start && from <= end);
      const shift = length - start;
      moved.push(...inside.map(([from, to, word]) => [from + shift, to + shift, word]));
      lines.push(line);
      length += line.length + 1;
    }
    start = end + 1;
  }
  return [lines.join('\n'), moved];
}

/**
 * A stretch of a text around its hits in pieces, every second one a hit; cuts shown by `…`. There is
 * `room` for so many characters: what a browser would cut off itself may end in a marked `…`.
 */
export function snippetOf(whole, found, room = SNIPPET) {
  const size = Math.max(LEAST, Math.min(SNIPPET, room));
  const [text, hits] = whole.includes(HEAD_CELL_END) ? withoutHeads(whole, found) : [whole, found];
  const near = Math.max(LEAD, Math.min(40, size - 40));
  const first = hits.length ? sentenceStart(text, bestStart(hits, size), near) : 0;
  const start = wholeCharacters(text, first);
  const last = wholeCharacters(text, Math.min(text.length, start + size));
  const end = senseEnd(text, last, Math.min(NEAR_END, size / 3));
  const pieces = markPieces(text, hits, start, end).map(inOneLine);
  if (start > 0 && !SENTENCE_END.test(text[start - 1])) pieces[0] = '…' + pieces[0];
  if (end < text.length) pieces[pieces.length - 1] += '…';
  return pieces;
}

/** The stretches of hits as they stand in a text, each once: what an article marks on arrival. */
export function wordsFound(text, hits) {
  const found = new Map();
  for (const [from, to] of hits) {
    const word = text.slice(from, to);
    if (!/\n/.test(word)) found.set(word.toLowerCase(), word);
    if (found.size > 11) break;
  }
  return [...found.values()];
}
