// A segment of the index: its documents' properties, the lists of its terms, its texts
// (docs/search-format.md, section 3).

import {BitReader, VarintReader, wholeNumber} from './bits.js';
import {DamagedData, inflate} from './inflate.js';
import {daysOf, yearOf} from './language.js';
import {RECORD_FIELDS} from './tokens.js';

const IN_TITLE = 1;
const IN_SUMMARY = 2;
const IN_BODY = 4;
const WHOLE_RECORDS = 20000;
const TRADITIONAL = 1;
const SMALL_SHARD = 5000;
const NOT_COMPRESSED = new Set(['records']);

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

// `count` ascending numbers below `of` from bit `at` on, and at which bit they end.
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

// The parts of a list by chunks: of each the chunk, the numbers of documents and bytes.
function partsOf(bytes, {n, d, p, only}, chunks) {
  if (chunks === 1) return {parts: [{chunk: 0, n, d, p}], end: 0};
  const reader = new VarintReader(bytes);
  const parts = [];
  let chunk = -1;
  for (let last = 0; !last;) {
    const step = reader.next();
    last = step & 1;
    chunk += 1 + (step >> 1);
    if (!(chunk < chunks)) throw new DamagedData('no such chunk');
    if (last && !parts.length) parts.push({chunk, n, d: d - reader.at, p});
    else parts.push({chunk, n: reader.next(), d: reader.next(), p: only ? 0 : reader.next()});
  }
  if (parts.reduce((sum, part) => sum + part.n, 0) !== n) throw new DamagedData('no such list');
  return {parts, end: reader.at};
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
    const {chunks} = this.segment.entry;
    const {parts, end} = partsOf(bytes, this, chunks.length);
    this.docs = new Uint32Array(this.n);
    this.counts = new Uint32Array(this.n).fill(1);
    this.parts = parts;
    let at = end;
    let first = 0;
    for (const {chunk, n, d} of parts) {
      this.readChunk(bytes.subarray(at, at + d), chunk, first, n);
      at += d;
      first += n;
    }
  }

  // The documents of one chunk, whose first is at `first` in the list.
  readChunk(bytes, chunk, first, n) {
    const size = this.segment.entry.chunks[chunk];
    if (n > size) throw new DamagedData('more documents than there are');
    const most = n * 2 > size;
    const {numbers, end} = gapsIn(bytes, 0, most ? size - n : n, size);
    const docs = most ? othersThan(numbers, size) : numbers;
    const start = this.segment.chunkStarts[chunk];
    for (let place = 0; place < n; place += 1) this.docs[first + place] = start + docs[place];
    if (this.only) return;
    const reader = new BitReader(bytes, end);
    const several = gammaOf(reader) - 1;
    if (several > n) throw new DamagedData('no such number');
    const often = gapsIn(bytes, reader.at, several, n);
    const times = new BitReader(bytes, often.end);
    for (const place of often.numbers) this.counts[first + place] = times.zeros() + 2;
  }

  /** Takes the position part. */
  readPositions(bytes, classes) {
    this.positions = bytes;
    this.widths = new Uint8Array(this.n);
    this.starts = new Uint32Array(this.n);
    let begin = 0;
    let place = 0;
    for (const {n, p} of this.parts) {
      const inBody = this.field === IN_BODY;
      let start = begin * 8 + (inBody ? 0 : 8);
      for (const behind = place + n; place < behind; place += 1) {
        const width = inBody ? CLASS_WIDTHS[classes[this.docs[place]]] : bytes[begin];
        this.widths[place] = width;
        this.starts[place] = start;
        start += width * this.counts[place];
      }
      begin += p;
      if (start > begin * 8) throw new DamagedData('positions end early');
    }
    if (begin > bytes.length) throw new DamagedData('positions end early');
  }

  /** The positions of the document at `place` in the list, less `offset`. */
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

// A directory by columns: of each term its numbers, flags and first list, of each list its numbers
// of documents and of bytes.
function readDirectory(bytes) {
  const reader = new VarintReader(bytes);
  const column = (count) => Uint32Array.from({length: count}, () => reader.next());
  const terms = reader.next();
  if (!(terms <= bytes.length)) throw new DamagedData('directory');
  const firsts = column(terms);
  const seconds = column(terms);
  const flags = column(terms);
  const lists = new Uint32Array(terms);
  const placed = [];
  for (let place = 0, first = 0; place < terms; place += 1) {
    firsts[place] = first += firsts[place];
    lists[place] = placed.length;
    for (const field of FIELD_BITS) if (flags[place] & field) placed.push(!(flags[place] & 8));
  }
  const n = column(placed.length);
  const d = column(placed.length);
  const p = Uint32Array.from(placed, (hasPositions) => (hasPositions ? reader.next() : 0));
  if (reader.at !== bytes.length) throw new DamagedData('directory');
  return {firsts, seconds, flags, lists, n, d, p};
}

export class Segment {
  /**
   * `entry` is the segment's entry in the manifest, `number` its place there; `tokens()` promises
   * what reads the texts.
   */
  constructor(files, entry, number, tokens) {
    this.files = files;
    this.tokens = tokens;
    this.entry = entry;
    this.number = number;
    this.size = entry.docs;
    this.blockwise = entry.sections.records[1] > WHOLE_RECORDS;
    this.sections = new Map();
    this.directories = new Map();
    this.chunkStarts = [];
    entry.chunks.reduce((start, count) => {
      this.chunkStarts.push(start);
      return start + count;
    }, 0);
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
    const [info, shards, classes, texts] = await this.load('info', 'shards', 'lengths', 'texts',
      'days', 'columns', 'types', 'sources', ...(this.blockwise ? [] : ['records']));
    if (this.info) return;
    this.classes = classes;
    this.readShards(shards);
    this.readTexts(texts);
    this.info = JSON.parse(new TextDecoder().decode(info));
    // A single shard is what every word is looked up in.
    if (this.entry.shards === 1) this.directory(0).catch(() => {});
  }

  readShards(bytes) {
    const {shards, per_file: perFile} = this.entry;
    let key = shards * 6;
    this.shardPlaces = [];
    this.shardKeys = [];
    for (let place = 0, start = 0; place < shards; place += 1) {
      const length = wholeNumber(bytes, shards * 3, place, 3);
      this.shardPlaces.push({directory: wholeNumber(bytes, 0, place, 3), start, length});
      start += length;
      if ((place + 1) % perFile && place + 1 < shards) continue;
      this.shardKeys.push(bytes.subarray(key, key += keyCount(start)));
      start = 0;
    }
    if (key > bytes.length) throw new DamagedData('shards');
  }

  readTexts(bytes) {
    const count = this.entry.texts;
    let key = count * 15;
    let total = 0;
    let first = 0;
    let start = 0;
    this.textFiles = [];
    for (let place = 0; place < count; place += 1) {
      const documents = wholeNumber(bytes, 0, place, 2);
      const length = wholeNumber(bytes, count * 2, place, 4);
      const width = bytes[count * 6 + place];
      const digest = bytes.subarray(count * 7 + place * 8, count * 7 + place * 8 + 8);
      const name = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      const keys = bytes.subarray(key, key += keyCount(length));
      this.textFiles.push({name: `text-${name}.js`, first, documents, width, start, keys});
      first += documents;
      start += Math.ceil(documents * width / 8);
      total += length;
    }
    if (key > bytes.length || first !== this.size) throw new DamagedData('texts');
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

  directory(shard) {
    if (!this.directories.has(shard)) {
      const loading = this.shardPart(shard, 0, this.shardPlaces[shard].directory).then(inflate)
        .then(readDirectory);
      this.directories.set(shard, loading);
      loading.catch(() => this.directories.delete(shard));
    }
    return this.directories.get(shard);
  }

  // A part of a shard; several shards are in one file. A small one is loaded as a whole, for a second
  // request costs more than its bytes.
  async shardPart(shard, start, length) {
    const file = Math.floor(shard / this.entry.per_file);
    const place = this.shardPlaces[shard];
    const name = `${this.entry.id}-p${file}.js`;
    const keys = this.shardKeys[file];
    if (place.length > SMALL_SHARD) return this.files.part(name, keys, place.start + start, length);
    const whole = await this.files.part(name, keys, place.start, place.length);
    return whole.subarray(start, start + length);
  }

  /** The lists of a term without their documents, or null. */
  async term(term) {
    if (!this.entry.shards || !this.size) return null;
    const shard = shardOf(term, this.entry.shards);
    return this.findTerm(await this.directory(shard), shard, term);
  }

  // The place of a list's parts follows from the lengths of all before it.
  findTerm({firsts, seconds, flags, lists, n, d, p}, shard, [a, b]) {
    let place = firsts.indexOf(a);
    while (place >= 0 && firsts[place] === a && seconds[place] !== b) place += 1;
    if (place < 0 || firsts[place] !== a) return null;
    let from = this.shardPlaces[shard].directory;
    for (let list = 0; list < lists[place]; list += 1) from += d[list];
    let positionsFrom = this.shardPlaces[shard].directory;
    for (let list = 0; list < n.length; list += 1) positionsFrom += d[list];
    for (let list = 0; list < lists[place]; list += 1) positionsFrom += p[list];
    let list = lists[place];
    return new TermLists(FIELD_BITS.map((field) => {
      if (!(flags[place] & field)) return null;
      const found = new PostingList(this, field, {
        n: n[list], d: d[list], p: p[list], shard, only: Boolean(flags[place] & 8), from,
        positionsFrom,
      });
      from += d[list];
      positionsFrom += p[list];
      list += 1;
      return found;
    }));
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
  async recordLengths({start, documents, width}) {
    const [offset, size] = this.entry.sections.records;
    const end = start + Math.ceil(documents * width / 8);
    if (!(end <= size)) throw new DamagedData('records');
    if (!this.blockwise) return new BitReader((await this.load('records'))[0].subarray(start, end));
    const name = `${this.entry.id}-head.js`;
    return new BitReader(await this.files.part(name, this.entry.keys, offset + start, end - start));
  }

  // Where the record of a document is: text file, offset, length.
  async recordPlace(document) {
    let low = 0;
    let high = this.textFiles.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.textFiles[middle].first <= document) low = middle;
      else high = middle - 1;
    }
    const file = this.textFiles[low];
    const lengths = await this.recordLengths(file);
    let start = 0;
    for (let place = file.first; place < document; place += 1) start += lengths.number(file.width);
    return {file, start, length: lengths.number(file.width)};
  }

  /** The record of a document: url, title, date, column, source, type, summary, keywords, body,
   * and whether it can't be folded without the table. */
  async record(document) {
    const tokens = this.tokens();
    // What goes wrong with it is met below.
    tokens.catch(() => {});
    const {file, start, length} = await this.recordPlace(document);
    const bytes = await this.files.part(file.name, file.keys, start, length);
    const fields = (await tokens).text(bytes.subarray(1)).split('\x1f');
    if (fields.length !== RECORD_FIELDS + 1) throw new DamagedData('record');
    const [url, title, date, column, source, type, summary, keywords, body] = fields;
    return {
      url, title, date, column, source, type, summary, keywords, body,
      traditional: Boolean(bytes[0] & TRADITIONAL),
    };
  }
}
