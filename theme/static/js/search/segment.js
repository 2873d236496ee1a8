// A segment of the index: its documents' properties, the lists of its terms, its texts
// (docs/search-format.md, section 3).

import {VarintReader, planeNumber} from './bits.js';
import {DamagedData, inflate} from './inflate.js';
import {daysOf, yearOf} from './language.js';
import {
  CLASS_SIZES, FIELD_BITS, PostingList, TermLists, directorySpan, readDirectory, shardOf,
} from './lists.js';
import {RECORD_FIELDS} from './tokens.js';

const TRADITIONAL = 1;
const FIRST_BYTES = 2000;
const SMALL_SHARD = 4000;
const MOST_DOCUMENTS = 10000;
const DIGEST = 6;
const RECORD_STEP = 256;
const SHARD_STEP = 64;
const STEPS = 1 << 24;

function keyCount(length) {
  return Math.max(1, Math.ceil(length / 65536));
}

// The digest number `place` of those from byte `start` on, as it is in a file's name.
function digestAt(bytes, start, place) {
  const digest = bytes.subarray(start + place * DIGEST, start + (place + 1) * DIGEST);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// The names that a segment's documents share, of those in the manifest: of each the step from the one
// before. `sets` are of columns, by number.
function namesOf(manifest, {columns, sets, types, sources}) {
  const chosen = (names, steps) => {
    let place = -1;
    return steps.map((step) => {
      place += step;
      if (!(place < names.length)) throw new DamagedData('names');
      return names[place];
    });
  };
  return {
    columns: chosen(manifest.columns, columns).map(([address]) => address), sets,
    types: chosen(manifest.types, types), sources: chosen(manifest.sources, sources),
  };
}

export class Segment {
  /** `number` is the place of the segment's entry in the manifest; `tokens()` promises what reads texts. */
  constructor(files, manifest, number, tokens) {
    const entry = manifest.segments[number];
    this.files = files;
    this.info = namesOf(manifest, entry.names);
    this.tokens = tokens;
    this.entry = entry;
    this.number = number;
    this.size = entry.docs;
    this.large = entry.docs > MOST_DOCUMENTS;
    this.titleLengths = new Set(entry.titles);
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

  headName() {
    return `head-${this.entry.id}.js`;
  }

  async loadSection(name) {
    const [start, length] = this.entry.sections[name];
    const bytes = await this.files.part(this.headName(), this.entry.keys, start, length);
    return length ? inflate(bytes) : bytes;
  }

  /** Reads what every question needs. */
  async open() {
    const [shards, classes, records, texts] = await this.load('shards', 'lengths', 'records', 'texts',
      'days', 'columns', 'types', 'sources');
    if (this.classes) return;
    this.readShards(shards);
    this.readRecords(records, classes);
    this.readTexts(texts);
    this.classes = classes;
    // A single shard is what every word is looked up in.
    if (this.entry.shards === 1) this.directory(0).catch(() => {});
  }

  readShards(bytes) {
    const {shards, per_file: perFile} = this.entry;
    const digests = shards * 3;
    let key = digests + Math.ceil(shards / perFile) * DIGEST;
    this.shardPlaces = [];
    this.shardFiles = [];
    for (let place = 0, start = 0; place < shards; place += 1) {
      const length = planeNumber(bytes, 0, shards, place, 3) * SHARD_STEP;
      this.shardPlaces.push({start, length});
      start += length;
      if ((place + 1) % perFile && place + 1 < shards) continue;
      const name = `shards-${digestAt(bytes, digests, this.shardFiles.length)}.js`;
      this.shardFiles.push({name, keys: bytes.subarray(key, key += keyCount(start))});
      start = 0;
    }
    if (key > bytes.length) throw new DamagedData('shards');
    // Whether most shards are loaded as a whole.
    const sum = this.shardPlaces.reduce((total, {length}) => total + length, 0);
    this.small = sum <= SMALL_SHARD * shards;
  }

  // Where the record of each document ends, all records of the segment being one behind the other.
  readRecords(bytes, classes) {
    let end = 0;
    this.recordEnds = Float64Array.from(classes, (number, place) => {
      const expected = Math.floor(CLASS_SIZES[number] / RECORD_STEP);
      end += (planeNumber(bytes, 0, this.size, place, 3) + expected) % STEPS * RECORD_STEP;
      return end;
    });
    this.recordSize = end / Math.max(1, this.size);
  }

  readTexts(bytes) {
    const count = this.entry.texts;
    let key = count * (2 + DIGEST);
    let first = 0;
    this.textFiles = [];
    for (let place = 0; place < count; place += 1) {
      const start = this.recordEnd(first);
      const behind = first + planeNumber(bytes, 0, count, place, 2);
      const keys = bytes.subarray(key, key += keyCount(this.recordEnd(behind) - start));
      this.textFiles.push({name: `text-${digestAt(bytes, count * 2, place)}.js`, first, start, keys});
      first = behind;
    }
    if (key > bytes.length || first !== this.size) throw new DamagedData('texts');
  }

  recordEnd(documents) {
    return documents ? this.recordEnds[documents - 1] : 0;
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
    return Uint16Array.from({length: this.size}, (_, place) => planeNumber(bytes, 0, this.size, place, 2));
  }

  directory(shard) {
    if (!this.directories.has(shard)) {
      const loading = this.loadDirectory(shard);
      this.directories.set(shard, loading);
      loading.catch(() => this.directories.delete(shard));
    }
    return this.directories.get(shard);
  }

  async loadDirectory(shard) {
    const first = Math.min(FIRST_BYTES, this.shardPlaces[shard].length);
    const bytes = await this.shardPart(shard, 0, first);
    const {begin, end} = directorySpan(bytes);
    let directory = bytes.subarray(begin, end);
    if (end > first) {
      const rest = await this.shardPart(shard, first, end - first);
      directory = Uint8Array.from([...directory, ...rest]);
    }
    return readDirectory(inflate(directory), end);
  }

  // A part of a shard; several shards are in one file. Of each the first bytes are loaded together, with
  // the directory and the shortest lists, and a small one as a whole, for a second request costs more
  // than its bytes.
  async shardPart(shard, start, length) {
    const {name, keys} = this.shardFiles[Math.floor(shard / this.entry.per_file)];
    const place = this.shardPlaces[shard];
    const first = place.length > SMALL_SHARD ? FIRST_BYTES : place.length;
    if (start + length > first) return this.files.part(name, keys, place.start + start, length);
    const loaded = await this.files.part(name, keys, place.start, first);
    return loaded.subarray(start, start + length);
  }

  /** The lists of a term without their documents, or null. */
  async term(term) {
    if (!this.entry.shards || !this.size) return null;
    const shard = shardOf(term, this.entry.shards);
    return this.findTerm(await this.directory(shard), shard, term);
  }

  // The positions of a term are behind its documents.
  findTerm({firsts, seconds, flags, lists, starts, n, d, p}, shard, [a, b]) {
    let place = firsts.indexOf(a);
    while (place >= 0 && firsts[place] === a && seconds[place] !== b) place += 1;
    if (place < 0 || firsts[place] !== a) return null;
    let list = lists[place];
    let from = starts[place];
    let positionsFrom = from;
    for (let own = list; own < (lists[place + 1] ?? n.length); own += 1) positionsFrom += d[own];
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

  // The text file that has the record of a document.
  textFileOf(document) {
    let low = 0;
    let high = this.textFiles.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.textFiles[middle].first <= document) low = middle;
      else high = middle - 1;
    }
    return this.textFiles[low];
  }

  /** The record of a document: url, title, date, column, source, type, summary, keywords, body,
   * and whether it can't be folded without the table. */
  async record(document) {
    const tokens = this.tokens();
    // What goes wrong with it is met below.
    tokens.catch(() => {});
    const {name, keys, start} = this.textFileOf(document);
    const from = this.recordEnd(document);
    const bytes = await this.files.part(name, keys, from - start, this.recordEnd(document + 1) - from);
    const fields = (await tokens).text(bytes.subarray(1)).split('\x1f');
    if (fields.length !== RECORD_FIELDS + 1) throw new DamagedData('record');
    const [url, title, date, column, source, type, summary, keywords, body] = fields;
    return {
      url, title, date, column, source, type, summary, keywords, body,
      traditional: Boolean(bytes[0] & TRADITIONAL),
    };
  }
}
