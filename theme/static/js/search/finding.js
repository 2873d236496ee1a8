// Finding one word in one segment (docs/search-format.md, section 4.2).

import {piecesOf, spanOf} from './folding.js';
import {FIELD_BITS} from './lists.js';
import {batchesOf, batchesOfWord, coverOf} from './pairs.js';
import {byPositions, candidatesOf, placesOf, positionsOf} from './places.js';

const ALL_FIELDS = 7;
const BODY = 4;
const FEW_DOCUMENTS = 10;
const SELDOM = 100;
const MOST_TEXTS = 24;
const MOST_TYPED = 48;
const REQUEST_BYTES = 1500;
const NEAR_POSITIONS = 2000;
const AT_ONCE = 24000;

/** The place bits of a hit: those of FIELD_BITS, and this one for a title found by pinyin. */
export const BY_PINYIN = 8;

/** What was found of a word in a segment: for each document in which fields and how often. */
export class Hits {
  constructor(size) {
    this.fields = new Uint8Array(size);
    this.weights = new Uint32Array(size);
    this.bodyPlaces = new Map();
    this.pairLists = null;
    this.doubted = new Set();
  }

  /** Adds places in one field of a document. */
  add(document, field, count) {
    this.fields[document] |= field;
    this.weights[document] += count * (field === BODY ? 1 : field === 1 ? 4 : 2);
  }

  /** How many documents have the word. */
  count() {
    let count = 0;
    for (const field of this.fields) if (field) count += 1;
    return count;
  }
}

function fieldsOf(word) {
  return word.field === 'title' ? 1 : word.field === 'body' ? BODY : ALL_FIELDS;
}

// The documents that are candidates in some field.
function documentsIn(candidates) {
  return [...new Set(candidates.flatMap((list) => [...list]))];
}

function areFew(candidates, few = FEW_DOCUMENTS) {
  return documentsIn(candidates).length <= few;
}

// The pairs whose positions in some fields are not loaded, those of few bytes first.
function unreadOf(known, fields) {
  return known.filter(({lists}) => lists.positionBytes(fields))
    .sort((one, other) => one.lists.positionBytes(fields) - other.lists.positionBytes(fields));
}

// Takes as places of a word those that all its pairs agree on.
function takePlaces(known, fields, hits) {
  FIELD_BITS.forEach((field, number) => {
    if (!(field & fields)) return;
    byPositions(known, number, (document, places) => {
      hits.add(document, field, places.length);
      if (field === BODY) hits.bodyPlaces.set(document, places);
    });
  });
}

/** Finds words in a segment. `alive()` throws when a later question has overtaken this one. */
export class Finder {
  constructor(segment, index, alive) {
    this.segment = segment;
    this.index = index;
    this.alive = alive;
    this.folded = new Map();
    this.batches = new Map();
  }

  async after(loading) {
    const loaded = await loading;
    this.alive();
    return loaded;
  }

  /** A record with its folded fields in the order of FIELD_BITS, cached for this query. */
  text(document) {
    if (!this.folded.has(document)) this.folded.set(document, this.readText(document));
    return this.folded.get(document);
  }

  async readText(document) {
    const record = await this.segment.record(document);
    if (record.traditional) await this.index.loadFoldTable();
    const fields = [record.title, record.summary + '\n' + record.keywords, record.body]
      .map((text) => this.index.folder.fold(text));
    return {record, fields};
  }

  // The lists of terms, nothing of them loaded yet; null if the segment has not all of them.
  async terms(terms) {
    const lists = await this.after(Promise.all(terms.map((term) => this.segment.term(term))));
    return lists.some((list) => !list) ? null : lists;
  }

  // Loads the documents of lists, and of those their positions that are few bytes more.
  loadNear(lists, fields) {
    return this.after(Promise.all(lists.map(
      (list) => this.load([list], fields, list.positionBytes(fields) <= NEAR_POSITIONS))));
  }

  // Loads the documents of lists and, `placed`, their positions.
  load(lists, fields, placed = false) {
    return this.after(Promise.all(lists.flatMap((list) => [
      this.segment.documents(list, fields), placed && this.segment.positions(list, fields)])));
  }

  /** Where a word is. */
  async find(word) {
    const hits = new Hits(this.segment.size);
    const wanted = fieldsOf(word);
    const [piece] = word.pieces;
    if (word.pieces.length > 1 && word.pieces.some(({length}) => length === 1)) {
      await this.findPieces(word, wanted, hits);
    } else if (word.units.length > 2) await this.findLong(word, wanted, hits);
    else {
      const lists = await this.terms([[piece[0], piece[1] || 0]]);
      if (!lists) return hits;
      await this.load(lists, wanted);
      this.takeLists(lists[0], wanted, hits);
    }
    return hits;
  }

  takeLists(term, wanted, hits) {
    for (const list of term.lists) {
      if (!list || !(list.field & wanted)) continue;
      for (let place = 0; place < list.n; place += 1) {
        hits.add(list.docs[place], list.field, list.counts[place]);
      }
    }
    hits.pairLists = term;
  }

  // The batches of a word's pairs.
  batchesFor(word) {
    if (!this.batches.has(word)) {
      this.batches.set(word, this.after(batchesOfWord(word.pieces, this.segment, this.index)));
    }
    return this.batches.get(word);
  }

  // Looks pairs up until few documents are left. If one pair is so rare that to read the texts is fewer
  // requests, by that one alone; if one is seldom, by the two that are rarest.
  async narrow(batches, wanted, atOnce) {
    const count = batches.flat().length;
    let known = [];
    let candidates = null;
    for (const batch of batches) {
      if (!batch.length) break;
      const found = await this.terms(batch.map(({term}) => term));
      if (!found) return null;
      known = known.concat(batch.map((pair, place) => ({...pair, lists: found[place]})));
      const ordered = [...known]
        .sort((one, other) => one.lists.count(wanted) - other.lists.count(wanted));
      const least = ordered[0].lists.count(wanted);
      const alone = least <= known.length ? 1 : least <= SELDOM && known.length > 2 ? 2 : 0;
      if (alone) {
        const rarest = ordered.slice(0, alone);
        await this.loadNear(rarest.map((pair) => pair.lists), wanted);
        candidates = candidatesOf(rarest, wanted);
        if (alone === 1 || areFew(candidates)) return {known, candidates, complete: false};
      }
      const lists = ordered.map((pair) => pair.lists);
      const all = known.length === count
        && lists.reduce((sum, list) => sum + list.positionBytes(wanted), 0) < atOnce;
      await (all ? this.load(lists, wanted, true) : this.loadNear(lists, wanted));
      candidates = candidatesOf(ordered, wanted);
      if (areFew(candidates, known.length > 1 ? FEW_DOCUMENTS : 1)) break;
    }
    return {known, candidates, complete: known.length === count};
  }

  async findLong(word, wanted, hits) {
    const narrowed = await this.narrow(await this.batchesFor(word), wanted, AT_ONCE);
    if (!narrowed) return;
    const {known, complete} = narrowed;
    let {candidates} = narrowed;
    for (;;) {
      const documents = documentsIn(candidates);
      const fields = FIELD_BITS.filter((field, number) => candidates[number].length)
        .reduce((sum, field) => sum | field, 0);
      const unread = unreadOf(known, fields);
      const textCost = documents.length * (this.segment.recordSize + REQUEST_BYTES);
      const cost = unread.reduce((sum, {lists}) => sum + lists.positionBytes(fields) + REQUEST_BYTES, 0);
      if (textCost < cost || (!unread.length && !complete)) {
        await this.checkTexts(word, documents, wanted, hits);
        return;
      }
      if (!unread.length) {
        takePlaces(known, fields, hits);
        return;
      }
      candidates = await this.readPlaces(unread, known, fields);
    }
  }

  // Reads further positions, those of few bytes first where lists are long; the candidates left.
  async readPlaces(unread, known, fields) {
    const next = this.segment.large ? unread.slice(0, 2) : unread;
    await this.load(next.map((pair) => pair.lists), fields, true);
    return candidatesOf(known, fields);
  }

  async checkTexts(word, documents, wanted, hits) {
    const texts = await this.after(Promise.all(documents.map((document) => this.text(document))));
    texts.forEach(({fields}, place) => this.countIn(fields, word, documents[place], wanted, hits));
  }

  countIn(fields, word, document, wanted, hits) {
    FIELD_BITS.forEach((field, number) => {
      if (!(field & wanted)) return;
      const places = placesOf(word.units, fields[number].units);
      if (!places.length) return;
      hits.add(document, field, places.length);
      if (field === BODY) hits.bodyPlaces.set(document, positionsOf(places, fields[number].units));
    });
  }

  // Pieces of one unit have no positions, so that what is left is looked up in the texts.
  async findPieces(word, wanted, hits) {
    const narrowed = await this.narrow(await this.batchesFor(word), wanted, 0);
    if (!narrowed) return;
    let {candidates} = narrowed;
    const {known} = narrowed;
    let unread = unreadOf(known, wanted);
    while (unread.length && candidates.some((list) => list.length > FEW_DOCUMENTS)) {
      candidates = await this.readPlaces(unread, known, wanted);
      unread = unreadOf(known, wanted);
    }
    const documents = documentsIn(candidates).sort((one, other) => other - one);
    await this.checkTexts(word, documents.slice(0, MOST_TEXTS), wanted, hits);
    hits.doubted = new Set(documents.slice(MOST_TEXTS));
    // On trust every one is an answer: a word that excludes does not stand there.
    if (word.minus) return;
    candidates.forEach((list, number) => list.forEach((document) => {
      if (hits.doubted.has(document)) hits.add(document, FIELD_BITS[number], 1);
    }));
  }

  /** Whether a word is in the text of a document. */
  async has(word, document) {
    const {fields} = await this.after(this.text(document));
    const wanted = fieldsOf(word);
    return FIELD_BITS.some((field, number) => (
      (field & wanted) !== 0 && placesOf(word.units, fields[number].units).length > 0));
  }

  /** Loads what nearness and exact titles need of a word: the positions in some fields. */
  async loadPlaces(hits, fields) {
    if (hits.pairLists) await this.load([hits.pairLists], fields, true);
  }

  /**
   * The documents whose title may be these units and breaks: of all that have their pairs in their
   * places the newest, or so few that they need only be read.
   */
  async titlesLike(units) {
    const end = {term: [units[units.length - 1], 1], offset: spanOf(units) - 2};
    const pairs = [end, ...coverOf(piecesOf(units))];
    const batches = await this.after(batchesOf(pairs, this.segment, this.index));
    const narrowed = await this.narrow(batches, 1, AT_ONCE);
    if (!narrowed) return [];
    const {known, candidates: [titles], complete} = narrowed;
    if (!complete || titles.length <= FEW_DOCUMENTS) return [...titles];
    await this.load(known.map((pair) => pair.lists), 1, true);
    const found = [];
    byPositions(known, 0, (document, [start]) => {
      if (start === 0) found.push(document);
    });
    return found.slice(-MOST_TYPED);
  }

  /** How many titles may have all of some words: no fewer than do. */
  async titlesWith(words) {
    // Of each word a pair that is looked up first anyway.
    const batches = await Promise.all(words.map((word) => this.batchesFor(word)));
    const terms = batches.map(([[pair]]) => pair.term);
    const lists = await this.terms(terms);
    return lists ? Math.min(...lists.map((list) => list.count(1))) : 0;
  }

  /** The titles that have all of some terms next to each other: document to position. */
  async inTitles(terms) {
    const found = new Map();
    const lists = await this.terms(terms);
    if (!lists) return found;
    await this.load(lists, 1, true);
    if (terms.length === 1 && terms[0][1] === 0) {
      if (lists[0].lists[0]) for (const document of lists[0].lists[0].docs) found.set(document, -1);
      return found;
    }
    const pairs = lists.map((list, place) => ({lists: list, offset: 2 * place}));
    byPositions(pairs, 0, (document, places) => found.set(document, places[0]));
    return found;
  }
}
