// A segment of the index: its documents' properties, the lists of its terms, its texts
// (docs/search-format.md, section 3).

import {BitReader, VarintReader, wholeNumber} from './bits.js';
import {DamagedData, inflate} from './inflate.js';
import {daysOf, yearOf} from './language.js';
import {RECORD_FIELDS, TokenReader} from './tokens.js';

const IN_TITLE = 1;
const IN_SUMMARY = 2;
const IN_BODY = 4;
const WHOLE_RECORDS = 20000;
const IN_TOKENS = 1;
const TRADITIONAL = 2;
const NOT_COMPRESSED = new Set(['records', 'ties']);

/** The fields of a document, in the order of the lists of a term. */
export const FIELD_BITS = [IN_TITLE, IN_SUMMARY, IN_BODY];

/** How many units the bodies of each length class hold at most. */
export const CLASS_SIZES = Array.from(
  {length: 100}, (_, value) => (4 + (value & 3)) * 2 ** (value >> 2));
const CLASS_WIDTHS = Uint8Array.from(
  CLASS_SIZES, (size) => (size > 2 ** 31 ? 32 : 32 - Math.clz32(size - 1)));

function shardOf(term, shards) {
  const mixed = (Math.imul(term[0], 0x9e3779b1) ^ Math.imul(term[1], 0x85ebca6b)) >>> 0;
  return ((mixed ^ (mixed >>> 15)) >>> 0) % shards;
}

function keyCount(length) {
  return Math.max(1, Math.ceil(length / 65536));
}

// So many ascending numbers below `of` from bit `at` on, and at which bit they end.
function gapsIn(bytes, at, count, of) {
  let width = 0;
  while (count && count * 2 ** (width + 1) * 3 <= of * 2) width += 1;
  const lows = new BitReader(bytes, at);
  const highs = new BitReader(bytes, at + count * width);
  const numbers = new Uint32Array(count);
  let last = -1;
  for (let place = 0; place < count; place += 1) {
    last += highs.zeros() * 2 ** width + lows.number(width) + 1;
    numbers[place] = last;
  }
  if (last >= of) throw new DamagedData('no such number');
  return {numbers, end: highs.at};
}

// The numbers below `of` that are not among some ascending ones.
function othersThan(numbers, of) {
  const others = new Uint32Array(of - numbers.length);
  let at = 0;
  let next = 0;
  for (const number of [...numbers, of]) {
    while (next < number) others[at++] = next++;
    next += 1;
  }
  return others;
}

// A number of at least 1: as many zeros as it has bits less one, then the number.
function gammaOf(reader) {
  const zeros = reader.zeros();
  if (zeros > 25) throw new DamagedData('no such number');
  return 2 ** zeros + reader.number(zeros);
}

/** One list of a term: the documents of a field, how often each has the term, and where. */
class PostingList {
  constructor(segment, field, entry) {
    Object.assign(this, entry);
    this.segment = segment;
    this.field = field;
    this.starts = null;
  }

  /** Takes the document part. */
  read(bytes) {
    const {n, only} = this;
    const total = this.segment.size;
    if (n > total) throw new DamagedData('more documents than there are');
    const most = n * 2 > total;
    const {numbers, end} = gapsIn(bytes, 0, most ? total - n : n, total);
    this.docs = most ? othersThan(numbers, total) : numbers;
    this.counts = new Uint32Array(n).fill(1);
    if (only) return;
    const reader = new BitReader(bytes, end);
    const several = gammaOf(reader) - 1;
    if (several > n) throw new DamagedData('no such number');
    const often = gapsIn(bytes, reader.at, several, n);
    const times = new BitReader(bytes, often.end);
    for (const place of often.numbers) this.counts[place] = times.zeros() + 2;
  }

  /** Takes the position part. */
  readPositions(bytes, classes) {
    this.positions = this.field === IN_BODY ? bytes : bytes.subarray(1);
    this.widths = new Uint8Array(this.n);
    this.starts = new Uint32Array(this.n);
    let start = 0;
    for (let place = 0; place < this.n; place += 1) {
      const width = this.field === IN_BODY ? CLASS_WIDTHS[classes[this.docs[place]]] : bytes[0];
      this.widths[place] = width;
      this.starts[place] = start;
      start += width * this.counts[place];
    }
    if (start > this.positions.length * 8) throw new DamagedData('positions end early');
  }

  /** The positions of the document that stands at `place` in the list, less `offset`. */
  positionsAt(place, offset) {
    const reader = new BitReader(this.positions, this.starts[place]);
    const found = new Int32Array(this.counts[place]);
    for (let at = 0; at < found.length; at += 1) {
      found[at] = reader.number(this.widths[place]) - offset;
    }
    return found;
  }
}

/** The lists of one term; which fields it has none in are null. */
export class TermLists {
  constructor(lists) {
    this.lists = lists;
  }

  /** How many documents the lists of the given fields name, those of several fields each time. */
  count(fields) {
    return this.lists.reduce((sum, list) => sum + (list && list.field & fields ? list.n : 0), 0);
  }

  /** How many bytes the positions of the given fields take that were not loaded yet. */
  positionBytes(fields) {
    return this.lists.reduce(
      (sum, list) => sum + (list && list.field & fields && !list.starts ? list.p : 0), 0);
  }
}

export class Segment {
  /** `entry` is the segment's entry in the manifest, `number` its place there. */
  constructor(files, entry, number) {
    this.files = files;
    this.entry = entry;
    this.number = number;
    this.size = entry.docs;
    this.blockwise = entry.sections.records[1] > WHOLE_RECORDS;
    this.sections = new Map();
    this.directories = new Map();
    this.fine = {};
    this.live = new Uint8Array(entry.docs).fill(1);
    let deleted = 0;
    for (const step of entry.deleted) this.live[deleted += step] = 0;
  }

  /** Loads the named sections of the head. */
  load(...names) {
    return Promise.all(names.map((name) => {
      if (!this.sections.has(name)) {
        const loading = this.loadSection(name);
        this.sections.set(name, loading);
        loading.catch(() => this.sections.delete(name));
      }
      return this.sections.get(name);
    }));
  }

  async loadSection(name) {
    const [start, length] = this.entry.sections[name];
    const bytes = await this.files.part(this.entry.id + '-head.js', this.entry.keys, start, length);
    return length && !NOT_COMPRESSED.has(name) ? inflate(bytes) : bytes;
  }

  /** Reads what every question needs. */
  async open() {
    const [info, shards, classes, tokens] = await this.load('info', 'shards', 'lengths', 'tokens',
      'days', 'columns', 'types', 'sources', ...(this.blockwise ? [] : ['records']));
    if (this.info) return;
    this.tokens = tokens.length ? new TokenReader(tokens) : null;
    this.classes = classes;
    this.readShards(shards);
    this.info = JSON.parse(new TextDecoder().decode(info));
    // A single shard is what every word is looked up in.
    if (this.entry.shards === 1) this.directory(0).catch(() => {});
  }

  readShards(bytes) {
    const {shards, texts, per_file: perFile, per_text: perText} = this.entry;
    const textStart = shards * 6;
    this.lengthWidths = bytes.subarray(textStart + texts * 4, textStart + texts * 5);
    let key = textStart + texts * 5;
    const keysFor = (length) => bytes.subarray(key, key += keyCount(length));
    this.shardPlaces = [];
    this.shardKeys = [];
    for (let place = 0, start = 0; place < shards; place += 1) {
      this.shardPlaces.push({directory: wholeNumber(bytes, 0, place, 3), start});
      start += wholeNumber(bytes, shards * 3, place, 3);
      if ((place + 1) % perFile && place + 1 < shards) continue;
      this.shardKeys.push(keysFor(start));
      start = 0;
    }
    this.textKeys = [];
    this.lengthStarts = [];
    let total = 0;
    for (let place = 0, start = 0; place < texts; place += 1) {
      const length = wholeNumber(bytes, textStart, place, 4);
      total += length;
      this.textKeys.push(keysFor(length));
      this.lengthStarts.push(start);
      const count = Math.min(perText, this.size - place * perText);
      start += Math.ceil(count * this.lengthWidths[place] / 8);
    }
    if (key > bytes.length) throw new DamagedData('shards');
    this.recordSize = total / Math.max(1, this.size);
  }

  /** Day numbers of the documents. */
  async days() {
    const [bytes] = await this.load('days');
    if (!this.dayNumbers) {
      const reader = new VarintReader(bytes);
      this.dayNumbers = new Int32Array(this.size);
      let day = 0;
      for (let place = 0; place < this.size; place += 1) {
        day += reader.next();
        this.dayNumbers[place] = day;
      }
    }
    return this.dayNumbers;
  }

  /** The year of each document. */
  async years() {
    const days = await this.days();
    if (!this.yearNumbers) {
      this.yearNumbers = new Uint16Array(this.size);
      let year = 0;
      let next = -Infinity;
      for (let place = 0; place < this.size; place += 1) {
        if (days[place] >= next) {
          year = yearOf(days[place]);
          next = daysOf(String(year).padStart(4, '0'))[1] + 1;
        }
        this.yearNumbers[place] = year;
      }
    }
    return this.yearNumbers;
  }

  /** For each document a number, of one byte or of two when there are more than 256 `kinds`. */
  async numbers(section, kinds) {
    const [bytes] = await this.load(section);
    if (kinds <= 256) return bytes;
    return Uint16Array.from({length: this.size}, (_, place) => wholeNumber(bytes, 0, place, 2));
  }

  /** Minutes of the day of the documents. */
  async minutes() {
    return this.numbers('minutes', 1440);
  }

  /** What orders documents of the same minute. */
  async ties() {
    const [bytes] = await this.load('ties');
    return Uint16Array.from({length: this.size}, (_, place) => wholeNumber(bytes, 0, place, 2));
  }

  directory(shard) {
    if (!this.directories.has(shard)) {
      const loading = this.shardPart(shard, 0, this.shardPlaces[shard].directory).then(inflate);
      this.directories.set(shard, loading);
      loading.catch(() => this.directories.delete(shard));
    }
    return this.directories.get(shard);
  }

  // A stretch of a shard; several shards stand in one file.
  shardPart(shard, start, length) {
    const file = Math.floor(shard / this.entry.per_file);
    return this.files.part(`${this.entry.id}-p${file}.js`, this.shardKeys[file],
      this.shardPlaces[shard].start + start, length);
  }

  /** The lists of a term without their documents, or null. */
  async term(term) {
    if (!this.entry.shards || !this.size) return null;
    const shard = shardOf(term, this.entry.shards);
    return this.findTerm(await this.directory(shard), shard, term);
  }

  // The place of a list's parts follows from the lengths of all before it, so that the directory is
  // read to its end.
  findTerm(directory, shard, [a, b]) {
    const reader = new VarintReader(directory);
    const found = [null, null, null];
    let first = 0;
    let documents = this.shardPlaces[shard].directory;
    let positions = 0;
    let known = false;
    while (reader.at < directory.length) {
      first += reader.next();
      const wanted = reader.next() === b && first === a;
      const flags = reader.next();
      known = known || wanted;
      for (let number = 0; number < 3; number += 1) {
        if (!(flags & FIELD_BITS[number])) continue;
        const n = reader.next();
        const d = reader.next();
        const p = flags & 8 ? 0 : reader.next();
        if (wanted) {
          found[number] = new PostingList(this, FIELD_BITS[number], {
            n, d, p, shard, only: Boolean(flags & 8), from: documents, positionsFrom: positions});
        }
        documents += d;
        positions += p;
      }
    }
    if (!known) return null;
    for (const list of found) if (list) list.positionsFrom += documents;
    return new TermLists(found);
  }

  /** Loads the documents of a term's lists in some fields (they lie together). */
  documents(term, fields) {
    term.documentsLoaded = term.documentsLoaded || new Map();
    if (!term.documentsLoaded.has(fields)) {
      term.documentsLoaded.set(fields, this.loadDocuments(term, fields));
    }
    return term.documentsLoaded.get(fields);
  }

  async loadDocuments(term, fields) {
    const lists = term.lists.filter((list) => list && list.field & fields && !list.docs);
    if (!lists.length) return;
    const last = lists[lists.length - 1];
    const bytes = await this.shardPart(last.shard, lists[0].from, last.from + last.d - lists[0].from);
    for (const list of lists) {
      list.read(bytes.subarray(list.from - lists[0].from, list.from - lists[0].from + list.d));
    }
  }

  /** Loads the positions of a term's lists in some fields. */
  async positions(term, fields) {
    const lists = term.lists.filter(
      (list) => list && list.field & fields && !list.only && !list.starts);
    if (!lists.length) return;
    const last = lists[lists.length - 1];
    const from = lists[0].positionsFrom;
    const [bytes] = await Promise.all([
      this.shardPart(last.shard, from, last.positionsFrom + last.p - from), this.documents(term, fields)]);
    for (const list of lists) {
      const start = list.positionsFrom - from;
      list.readPositions(bytes.subarray(start, start + list.p), this.classes);
    }
  }

  // The lengths of the records of a text file, as a stream of bits: of a large segment only these
  // are loaded.
  async recordLengths(file, count) {
    const [offset, size] = this.entry.sections.records;
    const start = this.lengthStarts[file];
    const end = start + Math.ceil(count * this.lengthWidths[file] / 8);
    if (!(end <= size)) throw new DamagedData('records');
    if (!this.blockwise) return new BitReader((await this.load('records'))[0].subarray(start, end));
    const name = `${this.entry.id}-head.js`;
    return new BitReader(await this.files.part(name, this.entry.keys, offset + start, end - start));
  }

  // Where the record of a document stands: text file, offset, length.
  async recordPlace(document) {
    const perText = this.entry.per_text;
    const file = Math.floor(document / perText);
    const first = file * perText;
    const lengths = await this.recordLengths(file, Math.min(perText, this.size - first));
    const width = this.lengthWidths[file];
    let start = 0;
    for (let place = first; place < document; place += 1) start += lengths.number(width);
    return {file, start, length: lengths.number(width)};
  }

  /** The record of a document: url, title, date, column, source, type, summary, keywords, body,
   * and whether it can't be folded without the table. */
  async record(document) {
    const {file, start, length} = await this.recordPlace(document);
    const bytes = await this.files.part(
      `${this.entry.id}-t${file}.js`, this.textKeys[file], start, length);
    const data = bytes.subarray(1);
    const text = bytes[0] & IN_TOKENS ? this.tokens.text(data)
      : new TextDecoder('utf-8', {ignoreBOM: true}).decode(inflate(data));
    const fields = text.split('\x1f');
    if (fields.length !== RECORD_FIELDS + 1) throw new DamagedData('record');
    const [url, title, date, column, source, type, summary, keywords, body] = fields;
    return {
      url, title, date, column, source, type, summary, keywords, body,
      traditional: Boolean(bytes[0] & TRADITIONAL),
    };
  }
}
