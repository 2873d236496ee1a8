// The texts of documents as they are stored: in tokens, stretches of text with codes of their own
// (docs/search-format.md, section 3.5).

import {wholeNumber} from './bits.js';
import {DamagedData} from './inflate.js';

const CODE_BITS = 16;
const CODES = 1 << CODE_BITS;
const ESCAPED_BITS = 21;
/** How many fields a record has. */
export const RECORD_FIELDS = 9;

/** Reads records; made of what the file of tokens holds. */
export class TokenReader {
  constructor(bytes) {
    const count = wholeNumber(bytes, 0, 0, 2);
    this.widths = bytes.subarray(2, 2 + count);
    this.texts = [];
    this.numbers = new Uint16Array(CODES);
    const text = new TextDecoder('utf-16le', {ignoreBOM: true}).decode(bytes.subarray(2 + 2 * count));
    let at = 0;
    let code = 0;
    for (let number = 0; number < count; number += 1) {
      this.texts.push(text.slice(at, at += bytes[2 + count + number]));
      this.numbers.fill(number, code, code += CODES >> this.widths[number]);
    }
    if (code !== CODES || at !== text.length) throw new DamagedData('tokens');
    this.ends = Uint8Array.from(this.texts, (token) => token.split('\x1f').length - 1);
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
