// The lists of the terms of a segment, as a shard has them (docs/search-format.md, section 3.4).

import {BitReader, VarintReader} from './bits.js';
import {DamagedData} from './inflate.js';

const IN_TITLE = 1;
const IN_SUMMARY = 2;
const IN_BODY = 4;

/** The fields of a document, in the order of the lists of a term. */
export const FIELD_BITS = [IN_TITLE, IN_SUMMARY, IN_BODY];

/** How many units the bodies of each length class hold at most. */
export const CLASS_SIZES = Array.from(
  {length: 100}, (_, value) => (4 + (value & 3)) * 2 ** (value >> 2));
const CLASS_WIDTHS = Uint8Array.from(
  CLASS_SIZES, (size) => 32 - Math.clz32(2 * size - 1));

/** The number of the shard that has the lists of a term. */
export function shardOf(term, shards) {
  const mixed = (Math.imul(term[0], 0x9e3779b1) ^ Math.imul(term[1], 0x85ebca6b)) >>> 0;
  return ((mixed ^ (mixed >>> 15)) >>> 0) % shards;
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
export class PostingList {
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

// Where the lists of each term begin, those of the first at `start`: the shorter before the longer.
function blockStarts(lists, d, p, start) {
  const sizes = Array.from(lists, (first, place) => {
    let size = 0;
    for (let list = first; list < (lists[place + 1] ?? d.length); list += 1) size += d[list] + p[list];
    return size;
  });
  const starts = new Float64Array(sizes.length);
  let at = start;
  for (const place of sizes.map((_, number) => number).sort((one, other) => sizes[one] - sizes[other] || one - other)) {
    starts[place] = at;
    at += sizes[place];
  }
  return starts;
}

/** Where the directory of a shard begins and ends, by the first bytes of the shard. */
export function directorySpan(bytes) {
  const reader = new VarintReader(bytes);
  const length = reader.next();
  return {begin: reader.at, end: reader.at + length};
}

/** A directory by columns: of each term its numbers, flags, first list, and where in the shard, in
 * which the directory ends at `end`, its lists begin; of each list its numbers of documents and of
 * bytes. */
export function readDirectory(bytes, end) {
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
  const starts = blockStarts(lists, d, p, end);
  return {firsts, seconds, flags, lists, starts, n, d, p};
}
