// Raw deflate decoder (RFC 1951), which needs nothing that older browsers lack.

const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Data that is not what the format says: a file that was cut or changed. */
export class DamagedData extends Error {}

function basesOf(extra, first) {
  const bases = [];
  let base = first;
  for (const bits of extra) {
    bases.push(base);
    base += 1 << bits;
  }
  return bases;
}

const LENGTH_BASE = basesOf(LENGTH_EXTRA, 3);
LENGTH_BASE[28] = 258;
const DISTANCE_BASE = basesOf(DISTANCE_EXTRA, 1);

// A table from the next `bits` bits to symbol * 16 + length of its code; codes come lowest bit first.
function codeTable(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let bits = 15;
  while (bits > 1 && !counts[bits]) bits -= 1;
  const next = new Uint16Array(17);
  for (let length = 1; length <= bits; length += 1) {
    next[length + 1] = (next[length] + counts[length]) << 1;
  }
  const table = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol];
    if (!length) continue;
    let code = next[length]++;
    let reversed = 0;
    for (let bit = 0; bit < length; bit += 1, code >>= 1) reversed = (reversed << 1) | (code & 1);
    for (let place = reversed; place < table.length; place += 1 << length) {
      table[place] = (symbol << 4) | length;
    }
  }
  return {table, mask: table.length - 1};
}

function fixedTables() {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256).fill(7, 256, 280);
  return [codeTable(lengths), codeTable(new Uint8Array(30).fill(5))];
}

class Inflater {
  constructor(data) {
    this.data = data;
    this.at = 0;
    this.held = 0;
    this.count = 0;
    this.size = 0;
    this.out = new Uint8Array(Math.max(1024, data.length * 4));
  }

  fill(count) {
    while (this.count < count) {
      if (this.at > this.data.length + 4) throw new DamagedData('data ends early');
      this.held |= (this.data[this.at] || 0) << this.count;
      this.at += 1;
      this.count += 8;
    }
  }

  bits(count) {
    this.fill(count);
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  symbol({table, mask}) {
    this.fill(15);
    const entry = table[this.held & mask];
    if (!entry) throw new DamagedData('no such code');
    this.held >>>= entry & 15;
    this.count -= entry & 15;
    return entry >> 4;
  }

  room(count) {
    if (this.size + count <= this.out.length) return;
    const larger = new Uint8Array(Math.max(this.out.length * 2, this.size + count));
    larger.set(this.out.subarray(0, this.size));
    this.out = larger;
  }

  stored() {
    this.at -= this.count >> 3;
    this.held = 0;
    this.count = 0;
    const length = this.data[this.at] | (this.data[this.at + 1] << 8);
    const end = this.at + 4 + length;
    if (!(end <= this.data.length)) throw new DamagedData('data ends early');
    this.room(length);
    this.out.set(this.data.subarray(this.at + 4, end), this.size);
    this.size += length;
    this.at = end;
  }

  dynamicTables() {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const codes = this.bits(4) + 4;
    const codeLengths = new Uint8Array(19);
    for (let place = 0; place < codes; place += 1) codeLengths[CODE_ORDER[place]] = this.bits(3);
    const codeOfLengths = codeTable(codeLengths);
    const lengths = new Uint8Array(literals + distances);
    for (let place = 0; place < lengths.length;) {
      const symbol = this.symbol(codeOfLengths);
      if (symbol < 16) {
        lengths[place] = symbol;
        place += 1;
        continue;
      }
      const value = symbol === 16 ? lengths[place - 1] : 0;
      const times = symbol === 16 ? 3 + this.bits(2)
        : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      lengths.fill(value, place, place + times);
      place += times;
    }
    return [codeTable(lengths.subarray(0, literals)), codeTable(lengths.subarray(literals))];
  }

  block(literals, distances) {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === 256) return;
      if (symbol < 256) {
        this.room(1);
        this.out[this.size++] = symbol;
        continue;
      }
      const length = LENGTH_BASE[symbol - 257] + this.bits(LENGTH_EXTRA[symbol - 257]);
      const code = this.symbol(distances);
      const from = this.size - DISTANCE_BASE[code] - this.bits(DISTANCE_EXTRA[code]);
      if (!(from >= 0) || !(length > 0)) throw new DamagedData('reference before the beginning');
      this.room(length);
      for (let step = 0; step < length; step += 1) this.out[this.size++] = this.out[from + step];
    }
  }

  run() {
    let last = 0;
    while (!last) {
      last = this.bits(1);
      const kind = this.bits(2);
      if (kind === 0) this.stored();
      else if (kind === 1) this.block(...fixedTables());
      else if (kind === 2) this.block(...this.dynamicTables());
      else throw new DamagedData('no such block');
      if (this.at - (this.count >> 3) > this.data.length) throw new DamagedData('data ends early');
    }
    return this.out;
  }
}

/** The bytes that were compressed; DamagedData if they can't be. */
export function inflate(data) {
  const inflater = new Inflater(data);
  inflater.run();
  return inflater.out.subarray(0, inflater.size);
}
