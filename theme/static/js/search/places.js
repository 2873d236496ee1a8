// Where words are: among the units of a text, and where the lists of their pairs agree
// (docs/search-format.md, section 4.2).

import {BREAK} from './folding.js';
import {FIELD_BITS} from './lists.js';

/** The places of a list of units in another, overlapping ones too. */
export function placesOf(units, within) {
  const places = [];
  const [first] = units;
  for (let at = within.indexOf(first); at >= 0; at = within.indexOf(first, at + 1)) {
    let step = 1;
    while (step < units.length && within[at + step] === units[step]) step += 1;
    if (step === units.length) places.push(at);
  }
  return places;
}

/** The positions of ascending places among units and breaks. */
export function positionsOf(places, units) {
  let breaks = 0;
  let at = 0;
  return places.map((place) => {
    for (; at < place; at += 1) if (units[at] === BREAK) breaks += 1;
    return 2 * place - breaks;
  });
}

function inBoth(one, other) {
  let at = 0;
  return one.filter((document) => {
    while (at < other.length && other[at] < document) at += 1;
    return other[at] === document;
  });
}

// The documents that stand in all of some ascending lists.
function inAll(lists) {
  return [...lists].sort((one, other) => one.length - other.length).reduce(inBoth);
}

function shared(lists, places, offsets) {
  let common = lists[0].positionsAt(places[0], offsets[0]);
  for (let number = 1; number < lists.length && common.length; number += 1) {
    common = inBoth(common, lists[number].positionsAt(places[number], offsets[number]));
  }
  return common;
}

/** Calls `found` with the positions that all pairs agree on, for each document they are all in. */
export function byPositions(pairs, number, found) {
  const lists = pairs.map(({lists: term}) => term.lists[number]);
  if (!lists.every(Boolean)) return;
  const offsets = pairs.map(({offset}) => offset);
  const at = lists.map(() => 0);
  for (const document of inAll(lists.map((list) => list.docs))) {
    lists.forEach((list, place) => {
      while (list.docs[at[place]] < document) at[place] += 1;
    });
    const places = shared(lists, at, offsets);
    if (places.length) found(document, places);
  }
}

/** For each field the documents that have all the pairs there, and those whose positions are known in
 * their places. */
export function candidatesOf(pairs, wanted) {
  return FIELD_BITS.map((field, number) => {
    const lists = pairs.map((pair) => pair.lists.lists[number]);
    if (!(field & wanted) || !lists.every(Boolean)) return new Uint32Array(0);
    const documents = inAll(lists.map((list) => list.docs));
    const placed = pairs.filter((_, place) => lists[place].starts);
    if (placed.length < 2 || !documents.length) return documents;
    const together = new Set();
    byPositions(placed, number, (document) => together.add(document));
    return documents.filter((document) => together.has(document));
  });
}

/** The places of a word in the body of a document. */
export function bodyPlaces(hits, document) {
  const places = hits.bodyPlaces.get(document);
  if (places) return places;
  const list = hits.pairLists && hits.pairLists.lists[2];
  if (!list || !list.starts) return [];
  const place = placeIn(list.docs, document);
  return place < 0 ? [] : list.positionsAt(place, 0);
}

// Where a number is in an ascending list; -1 if it is not there.
function placeIn(list, wanted) {
  let low = 0;
  let high = list.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (list[middle] === wanted) return middle;
    if (list[middle] < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
