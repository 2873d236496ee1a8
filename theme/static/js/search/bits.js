// Numbers out of bytes: variable-length, of a few bytes, and bit streams.

import {DamagedData} from './inflate.js';

/** Reads LEB128 numbers one after another. */
export class VarintReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  next() {
    const {bytes} = this;
    let byte = bytes[this.at++];
    if (byte < 128) return byte;
    let value = 0;
    let scale = 1;
    for (; byte >= 128; byte = bytes[this.at++]) {
      value += (byte & 127) * scale;
      scale *= 128;
    }
    if (byte === undefined) throw new DamagedData('number ends early');
    return value + byte * scale;
  }
}

/**
 * Number `place` of `count` numbers of `size` bytes that start at `start`: first the lowest bytes of
 * all, then the next higher ones.
 */
export function planeNumber(bytes, start, count, place, size) {
  let value = 0;
  for (let byte = size - 1; byte >= 0; byte -= 1) {
    value = value * 256 + bytes[start + byte * count + place];
  }
  return value;
}

/** A stream of bits, the most significant of each byte first. */
export class BitReader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
    if (at > bytes.length * 8) throw new DamagedData('bits end early');
  }

  // At least 25 bits from the present place, at the top of 32.
  window() {
    const byte = this.at >> 3;
    const {bytes} = this;
    return ((bytes[byte] << 24) | (bytes[byte + 1] << 16) | (bytes[byte + 2] << 8) | bytes[byte + 3])
      << (this.at & 7);
  }

  /** A number of `count` bits, at most 25. */
  number(count) {
    if (!count) return 0;
    const value = this.window() >>> (32 - count);
    this.at += count;
    return value;
  }

  /** How many zeros stand before the next one, which is passed too. */
  zeros() {
    let count = 0;
    const end = this.bytes.length * 8;
    for (;;) {
      if (this.at >= end) throw new DamagedData('bits end early');
      const ahead = Math.clz32(this.window());
      if (ahead < 25) {
        this.at += ahead + 1;
        return count + ahead;
      }
      count += 25;
      this.at += 25;
    }
  }
}
