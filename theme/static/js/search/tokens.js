// The texts of documents as they are stored: in tokens, stretches of text with codes of their own
// (docs/search-format.md, section 3.5).

import {VarintReader, planeNumber} from './bits.js';
import {DamagedData} from './inflate.js';

const CODE_BITS = 16;
const CODES = 1 << CODE_BITS;
const ESCAPED_BITS = 21;
/** How many fields a record has. */
export const RECORD_FIELDS = 9;

// The texts of tokens by their lengths. Written are, for those of one unit, the steps between the
// units; for the longer ones, whose units are numbers of those, the steps between the first units,
// then all others.
function tokenTexts(lengths, bytes) {
  const reader = new VarintReader(bytes);
  const stepped = (count, modulus) => {
    let last = 0;
    return Array.from({length: count}, () => (last = (last + reader.next()) % modulus));
  };
  const units = stepped(lengths.filter((length) => length === 1).length, 65536)
    .map((unit) => String.fromCharCode(unit));
  const first = stepped(lengths.filter((length) => length > 1).length, units.length);
  let single = 0;
  let longer = 0;
  return Array.from(lengths, (length) => {
    if (length < 2) return length ? units[single++] : '';
    let text = units[first[longer++]];
    for (let place = 1; place < length; place += 1) text += units[reader.next()];
    return text;
  });
}

/** Reads records; made of what the file of tokens holds. */
export class TokenReader {
  constructor(bytes) {
    const count = planeNumber(bytes, 0, 1, 0, 2);
    this.widths = bytes.subarray(2, 2 + count);
    this.texts = tokenTexts(bytes.subarray(2 + count, 2 + 2 * count), bytes.subarray(2 + 2 * count));
    this.numbers = new Uint16Array(CODES);
    let code = 0;
    for (let number = 0; number < count; number += 1) {
      this.numbers.fill(number, code, code += CODES >> this.widths[number]);
    }
    if (code !== CODES) throw new DamagedData('tokens');
    this.ends = Uint8Array.from(this.texts, (token) => token.split('\x1f').length - 1);
  }

  /** How rare a term should be, the more the rarer: two units or one, as bits of their tokens. */
  rarity([first, second]) {
    if (!this.known) this.known = new Map(this.texts.map((text, place) => [text, this.widths[place]]));
    const text = String.fromCodePoint(first);
    const bits = (token) => this.known.get(token) || CODE_BITS + 1;
    if (second < 2) return bits(text);
    const next = String.fromCodePoint(second);
    return this.known.get(text + next) || bits(text) + bits(next);
  }

  /** The text of a record, each of its fields followed by U+001F. */
  text(bytes) {
    const {numbers, widths, texts, ends} = this;
    // Of the three bytes around place `at` the first of 24 bits is at `at & 7`.
    const bitsAt = (at) => (
      (bytes[at >> 3] << 16) | (bytes[(at >> 3) + 1] << 8) | bytes[(at >> 3) + 2]);
    const size = bytes.length * 8;
    let text = '';
    let missing = RECORD_FIELDS;
    let at = 0;
    while (missing > 0) {
      const number = numbers[(bitsAt(at) >> (8 - (at & 7))) & (CODES - 1)];
      at += widths[number];
      if (texts[number]) {
        text += texts[number];
        missing -= ends[number];
      } else {
        let point = 0;
        for (let bit = 0; bit < ESCAPED_BITS; bit += 1, at += 1) {
          point = (point << 1) | ((bytes[at >> 3] >> (7 - (at & 7))) & 1);
        }
        if (point > 0x10ffff) throw new DamagedData('record');
        text += String.fromCodePoint(point);
        if (point === 0x1f) missing -= 1;
      }
      if (at > size) throw new DamagedData('record');
    }
    return text;
  }
}
