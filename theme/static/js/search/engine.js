// From a question to an answer: the index, the words, the order, one page of results.

import {IndexFiles, MissingFile} from './files.js';
import {
  chosenFilters, FacetCounts, propertiesOf, shownDate, writtenFilters,
} from './filters.js';
import {BY_PINYIN, Finder} from './finding.js';
import {BREAK, Folder} from './folding.js';
import {inflate} from './inflate.js';
import {parseQuery} from './language.js';
import {nearestWords} from './nearest.js';
import {initialTerms, mayBePinyin, syllableSplits, syllableTerms} from './pinyin.js';
import {
  comparison, documentsWithAll, EXACT, nearnessCounts, rankDocuments, worthOf,
} from './ranking.js';
import {Segment} from './segment.js';
import {hitsIn, markPieces, snippetOf, wordsFound} from './snippet.js';
import {ExactTitles, joined} from './titles.js';
import {TokenReader} from './tokens.js';

const PAGE_SIZE = 10;
const FORMAT = 6;
const FIRST_SHOWN = 5;
const SORTED_AT_ONCE = 400;
const MOST_DOUBTED = 40;

/** The index is of another format than this script reads. */
export class OtherFormat extends Error {}

/** An open index: what the manifest names. */
class Index {
  constructor(files, manifest) {
    if (manifest.format !== FORMAT) throw new OtherFormat(String(manifest.format));
    this.files = files;
    this.manifest = manifest;
    this.folder = new Folder();
    this.columnNames = Object.fromEntries(manifest.columns);
    this.segments = manifest.segments.map(
      (_, number) => new Segment(files, manifest, number, () => this.loadTokens()));
    // In it is counted how rare terms are in the large ones.
    this.sample = this.segments.filter((segment) => !segment.large)
      .reduce((best, segment) => (best && best.size > segment.size ? best : segment), null);
    this.average = Math.max(1, Math.floor(manifest.units / Math.max(1, manifest.docs)));
    this.opened = null;
    this.tokens = null;
  }

  open() {
    if (!this.opened) {
      this.opened = Promise.all(this.segments.map((segment) => segment.open()));
      this.opened.catch(() => {
        this.opened = null;
      });
    }
    return this.opened;
  }

  /** What reads the texts. */
  loadTokens() {
    if (!this.tokens) {
      const {file, keys, length} = this.manifest.tokens;
      this.tokens = this.files.part(file, Uint8Array.from(keys), 0, length).then(inflate)
        .then((bytes) => new TokenReader(bytes));
      this.tokens.catch(() => {
        this.tokens = null;
      });
    }
    return this.tokens;
  }

  /** Makes sure that the folder knows the traditional characters. */
  async loadFoldTable() {
    if (this.folder.simplified) return;
    const {file, keys, length} = this.manifest.fold;
    const bytes = await this.files.part(file, Uint8Array.from(keys || [0]), 0, length);
    if (!this.folder.simplified) this.folder.learn(new TextDecoder().decode(inflate(bytes)));
  }
}

/** One question being answered. */
class Question {
  constructor(index, request, {alive, early}) {
    this.index = index;
    this.request = request;
    this.alive = alive;
    this.early = early;
    this.finders = index.segments.map((segment) => new Finder(segment, index, alive));
  }

  async after(loading) {
    const loaded = await loading;
    this.alive();
    return loaded;
  }

  async answer() {
    const {index, request} = this;
    if (index.folder.needsTable(request.q, index.manifest.fold.exceptions)) {
      await this.after(index.loadFoldTable());
    }
    this.query = parseQuery(request.q, index.folder);
    if (request.scope === 'title') {
      for (const word of this.query.words) word.field = word.field || 'title';
    }
    this.words = this.query.words.filter((word) => !word.minus);
    const chosen = request.column || request.year || request.from || request.to || request.source
      || request.type;
    if (!this.query.words.length && !this.query.filters.length && !chosen) return this.nothing();
    await this.after(index.open());
    await this.findAll();
    return this.collect();
  }

  nothing() {
    return {
      nothingAsked: true, total: 0, page: 1, pageSize: PAGE_SIZE, results: [], words: [],
      notes: this.query.notes, facets: new FacetCounts().summary(this.index.columnNames), without: {},
    };
  }

  // Hits of every word in every segment: this.hits[segment][word], and of the excluded ones.
  async findAll() {
    const find = (words) => this.after(Promise.all(this.finders.map(
      (finder) => Promise.all(words.map((word) => finder.find(word))))));
    this.titles = this.finders.map(
      (finder) => new ExactTitles(finder, this.query, !this.request.sort));
    this.unwanted = this.query.words.filter((word) => word.minus);
    const [hits, excluded] = await Promise.all([this.words, this.unwanted].map(find));
    this.hits = hits;
    this.excluded = excluded;
    await this.after(Promise.all(
      this.words.map((word, number) => (mayBePinyin(word) ? this.addPinyin(word, number) : null))));
    this.counts = this.words.map((_, number) => this.countOf(number));
    if ([...hits, ...excluded].flat().some((found) => found.doubted.size)) this.query.notes.push('about');
  }

  countOf(number) {
    return this.finders.reduce(
      (sum, _, place) => sum + this.hits[place][number].count(), 0);
  }

  async addPinyin(word, number) {
    const splits = syllableSplits(word.text);
    const several = splits.filter((split) => split.length > 1).map(syllableTerms);
    await this.addTitles(several, word, number);
    if (this.countOf(number)) return;
    const single = splits.filter((split) => split.length === 1).map(syllableTerms);
    await this.addTitles([...single, initialTerms(word.text)], word, number);
  }

  addTitles(choices, word, number) {
    return Promise.all(this.finders.map(async (finder, place) => {
      const titles = await this.after(Promise.all(choices.map((terms) => finder.inTitles(terms))));
      const hits = this.hits[place][number];
      hits.titlePlaces = hits.titlePlaces || new Map();
      titles.forEach((found, choice) => found.forEach((position, document) => {
        if (hits.fields[document]) return;
        hits.add(document, 1, 1);
        hits.fields[document] |= BY_PINYIN;
        hits.titlePlaces.set(document, [position, choices[choice].length + 1]);
      }));
    }));
  }

  // All documents that meet the question, with their order and what the filters are counted from.
  async collect() {
    const found = [];
    const countable = [];
    const near = nearnessCounts(this.words, this.counts);
    const worths = this.counts.map((count) => worthOf(count, this.index.manifest.docs));
    for (const [place, finder] of this.finders.entries()) {
      if (near) {
        await this.after(Promise.all(this.hits[place].map((hits) => finder.loadPlaces(hits, 4))));
      }
      await this.collectSegment(place, worths, near, found, countable);
    }
    return this.page(found, countable);
  }

  async collectSegment(place, worths, near, found, countable) {
    const {segment} = this.finders[place];
    const {index, query} = this;
    const properties = await this.after(propertiesOf(segment));
    const meets = writtenFilters(query.filters, index.columnNames, index.folder)(
      segment, properties);
    let documents = documentsWithAll(segment, this.hits[place]);
    if (query.filters.length) documents = documents.filter(meets);
    for (const {fields} of this.excluded[place]) {
      documents = documents.filter((document) => !fields[document]);
    }
    const titles = this.titles[place];
    documents = joined(documents, await this.after(titles.typed));
    const {tiers, scores} = rankDocuments(
      segment, documents, this.words, this.hits[place], worths, index.average, near);
    await titles.raise(documents, tiers);
    const failed = Uint8Array.from(documents, chosenFilters(this.request, segment, properties));
    countable.push([segment, properties, documents, failed]);
    documents.forEach((document, at) => {
      if (failed[at]) return;
      found.push({
        place, segment, document, tier: tiers[at], score: scores[at],
      });
    });
  }

  async page(found, countable) {
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
    const page = Math.min(this.request.page, pages);
    const first = (page - 1) * PAGE_SIZE;
    const unsure = this.query.notes.includes('about');
    const ordered = firstOf(
      found, first + PAGE_SIZE + (unsure ? MOST_DOUBTED : 0), comparison(this.request.sort));
    const {listed, wrong} = unsure ? await this.certain(ordered, first)
      : {listed: ordered.slice(first, first + PAGE_SIZE), wrong: 0};
    const nearest = found.length ? [] : await this.nearest();
    const answer = {
      nothingAsked: false, nearest, total: found.length - wrong, page, pageSize: PAGE_SIZE, given: 0,
      notes: this.query.notes, words: this.words.map((word) => word.text),
      facets: {columnNames: this.index.columnNames},
    };
    return this.fill(answer, listed, countable);
  }

  // For the first word that nothing has: those that it may be, each with the question it makes.
  async nearest() {
    const missing = this.words.find((_, number) => !this.counts[number]);
    if (!missing) return [];
    const words = await nearestWords(this.finders, missing);
    return words.map((word) => [word, this.request.q.replace(missing.text, () => word)]);
  }

  // Puts results and filters into an answer. The texts of a first screen are asked for at once, the
  // others when the first of these is there: so they do not delay each other, and often all are there
  // before the browser has drawn the first screen. Meanwhile the filters are counted.
  async fill(answer, listed, countable) {
    const show = (some) => some.map((result) => this.shown(result));
    const opening = show(listed.slice(0, this.early ? FIRST_SHOWN : PAGE_SIZE));
    const behind = listed.slice(opening.length);
    const rest = behind.length ? Promise.race(opening).then(() => Promise.all(show(behind))) : [];
    // What goes wrong with these is met where they are waited for.
    if (behind.length) rest.catch(() => {});
    answer.results = await this.after(Promise.all(opening));
    if (behind.length) {
      this.early(answer);
      answer.given = opening.length;
    }
    const facets = new FacetCounts();
    for (const counted of countable) facets.add(...counted);
    answer.facets = facets.summary(this.index.columnNames);
    answer.without = facets.without;
    answer.results = answer.results.concat(await this.after(rest));
    return answer;
  }

  // Results may be unverified: one page of those that their texts confirm,
  // and how many were proved wrong. Of the first so many are looked up as the page needs; of those
  // behind, each page shows what is right of its own ten: no result is on two pages, or on none.
  async certain(ordered, first) {
    const most = Math.min(MOST_DOUBTED, ordered.length);
    const right = [];
    let at = 0;
    while (at < most && right.length < first + PAGE_SIZE) {
      right.push(...await this.proved(ordered.slice(at, Math.min(most, at + PAGE_SIZE))));
      at = Math.min(most, at + PAGE_SIZE);
    }
    const listed = right.slice(first, first + PAGE_SIZE);
    const rest = most + Math.max(0, first - right.length);
    const behind = at < most ? [] : ordered.slice(rest, rest + PAGE_SIZE - listed.length);
    const added = await this.proved(behind);
    return {listed: listed.concat(added), wrong: at - right.length + behind.length - added.length};
  }

  async proved(results) {
    const right = await Promise.all(results.map((result) => this.isRight(result)));
    return results.filter((_, place) => right[place]);
  }

  async isRight({place, document, tier}) {
    if (tier === EXACT) return true;
    const finder = this.finders[place];
    const meets = (words, hits, wanted) => Promise.all(words.map(async (word, number) => (
      !hits[number].doubted.has(document) || await finder.has(word, document) === wanted)));
    const met = await Promise.all([
      meets(this.words, this.hits[place], true), meets(this.unwanted, this.excluded[place], false)]);
    return met.flat().every(Boolean);
  }

  async shown({place, document}) {
    const finder = this.finders[place];
    const {record, fields} = await this.after(finder.text(document));
    const marked = this.marksIn(record, fields, place, document);
    return {
      url: record.url, date: shownDate(record), column: record.column, source: record.source,
      title: marked.title, snippet: marked.snippet, found: marked.found,
    };
  }

  marksIn(record, [titleUnits, , bodyUnits], place, document) {
    const inTitle = this.words.filter((word) => word.field !== 'body');
    const inText = this.words.filter((word) => word.field !== 'title');
    const keywords = record.keywords.replaceAll('\n', '、');
    const lead = record.summary + (keywords && '\n关键词：' + keywords);
    const title = hitsIn(titleUnits, record.title, inTitle);
    this.addPinyinMarks(title, titleUnits, record.title, place, document);
    const body = hitsIn(bodyUnits, record.body, inText);
    const summary = body.length ? [] : hitsIn(
      this.index.folder.fold(lead), lead, inText.filter((word) => !word.field));
    const {room} = this.request;
    const snippet = body.length ? snippetOf(record.body, body, room)
      : summary.length ? snippetOf(lead, summary, room)
        : snippetOf(record.summary || record.body, [], room);
    return {
      title: markPieces(record.title, title), snippet,
      found: [...new Set([...wordsFound(record.body, body), ...wordsFound(record.title, title)])],
    };
  }

  addPinyinMarks(marks, {origins, units}, title, place, document) {
    for (const hits of this.hits[place]) {
      const [position, length] = (hits.titlePlaces && hits.titlePlaces.get(document)) || [-1, 0];
      if (position < 0) continue;
      const start = placeAt(units, position);
      const last = origins[start + length - 1];
      marks.push([origins[start], last + (title.codePointAt(last) > 0xffff ? 2 : 1), 0]);
    }
    marks.sort((one, other) => one[0] - other[0]);
  }
}

// Which of some units is at a position.
function placeAt(units, position) {
  let place = 0;
  for (let at = 0; at < position; place += 1) at += units[place] === BREAK ? 1 : 2;
  return place;
}

// The first results in order, without sorting all of many.
function firstOf(found, count, order) {
  if (count > SORTED_AT_ONCE || found.length <= SORTED_AT_ONCE) return [...found].sort(order);
  const best = [];
  for (const result of found) {
    if (best.length === count && order(result, best[count - 1]) >= 0) continue;
    let low = 0;
    let high = best.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(result, best[middle]) < 0) high = middle;
      else low = middle + 1;
    }
    best.splice(low, 0, result);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Answers questions about the index in the folder at `base` (an absolute address). */
export class SearchEngine {
  constructor(base) {
    this.files = new IndexFiles(base);
    this.index = null;
  }

  load() {
    if (!this.index) {
      this.index = this.files.manifest().then((manifest) => new Index(this.files, manifest));
      this.index.catch(() => {
        this.index = null;
      });
    }
    return this.index;
  }

  /** Loads what any question will need. */
  async prepare() {
    const index = await this.load();
    await Promise.all([index.open(), index.loadTokens()]);
  }

  /**
   * The answer to a request. `alive` throws when it is no longer wanted; `early`, if given, gets the
   * answer with those results that fill a screen when the others are still to come.
   */
  async answer(request, {alive, early}) {
    const index = await this.load();
    alive();
    try {
      return await new Question(index, request, {alive, early}).answer();
    } catch (error) {
      if (!(error instanceof MissingFile)) throw error;
    }
    // The site may have been published again since the manifest was read.
    this.index = null;
    const renewed = await this.load();
    alive();
    return new Question(renewed, request, {alive, early}).answer();
  }
}
