// The files of the index (docs/search-format.md, section 1): parts of them over http, whole ones
// through script elements where a page opened from a folder may not fetch.

import {DamagedData} from './inflate.js';

const HEAD = 'dangjianSearch(function(){/*';
const TAIL = '*/});\n';
const BLOCK_BITS = 16;
const BLOCK = 65536;
const KEPT_BYTES = 24e6;
const NEAR_PARTS = 1000;
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/** A file that is not there or can't be had now. */
export class MissingFile extends Error {}

/** A later question has come; nobody waits for this one's answer. */
export class Overtaken extends Error {}

function unmask(bytes, keys, start) {
  if (keys.every((key) => key === 0)) return bytes;
  const plain = new Uint8Array(bytes.length);
  for (let place = 0; place < bytes.length;) {
    const key = keys[(start + place) >> BLOCK_BITS];
    const end = Math.min(bytes.length, (((start + place) >> BLOCK_BITS) + 1) * BLOCK - start);
    for (; place < end; place += 1) plain[place] = bytes[place] ^ key;
  }
  return plain;
}

function payloadOf(file) {
  const end = file.length - TAIL.length;
  const text = (from, to) => String.fromCharCode(...file.subarray(from, to));
  if (end < HEAD.length || text(0, HEAD.length) !== HEAD || text(end) !== TAIL) {
    throw new DamagedData('not a file of the index');
  }
  return file.subarray(HEAD.length, end);
}

class HttpFiles {
  constructor(base) {
    this.base = base;
    this.wholes = new Map();
    this.waiting = new Map();
    this.ranges = true;
  }

  async request(name, options) {
    let response;
    try {
      response = await fetch(this.base + name, options);
    } catch (error) {
      if (error instanceof TypeError) throw new MissingFile(name);
      throw error;
    }
    if (response.status === 416) throw new DamagedData(name);
    if (!response.ok) throw new MissingFile(name);
    try {
      return {status: response.status, bytes: new Uint8Array(await response.arrayBuffer())};
    } catch (error) {
      if (error instanceof TypeError) throw new DamagedData(name);
      throw error;
    }
  }

  whole(name, fresh) {
    if (!this.wholes.has(name) || fresh) {
      const options = fresh ? {cache: 'no-cache'} : undefined;
      const loading = this.request(name, options).then(({bytes}) => payloadOf(bytes));
      this.wholes.set(name, loading);
      loading.catch(() => this.wholes.delete(name));
    }
    return this.wholes.get(name);
  }

  part(name, start, length) {
    if (!this.ranges || this.wholes.has(name)) return this.slice(name, start, length);
    const waiting = this.waiting.get(name) || [];
    if (!waiting.length) {
      this.waiting.set(name, waiting);
      queueMicrotask(() => this.send(name));
    }
    return new Promise((resolve, reject) => {
      waiting.push({start, end: start + length, resolve, reject});
    });
  }

  // A request costs more than the bytes between two parts of a file that lie close together.
  send(name) {
    const waiting = this.waiting.get(name).sort((one, other) => one.start - other.start);
    this.waiting.delete(name);
    while (waiting.length) {
      const {start} = waiting[0];
      let {end} = waiting[0];
      let count = 1;
      for (; count < waiting.length && waiting[count].start - end < NEAR_PARTS; count += 1) {
        end = Math.max(end, waiting[count].end);
      }
      const together = waiting.splice(0, count);
      this.range(name, start, end - start).then((bytes) => together.forEach((part) => {
        part.resolve(bytes.subarray(part.start - start, part.end - start));
      }), (error) => together.forEach(({reject}) => reject(error)));
    }
  }

  async range(name, start, length) {
    const from = HEAD.length + start;
    const headers = {Range: `bytes=${from}-${from + length - 1}`};
    let {status, bytes} = await this.request(name, {headers});
    // A part whose loading was broken off may stand in the browser's cache.
    if (status === 206 && bytes.length !== length) {
      ({status, bytes} = await this.request(name, {headers, cache: 'reload'}));
    }
    if (status === 206) {
      if (bytes.length !== length) throw new DamagedData(name);
      return bytes;
    }
    this.ranges = false;
    this.wholes.set(name, Promise.resolve(payloadOf(bytes)));
    return this.slice(name, start, length);
  }

  async slice(name, start, length) {
    const payload = await this.whole(name);
    if (start + length > payload.length) throw new DamagedData(name);
    return payload.subarray(start, start + length);
  }
}

class ScriptFiles {
  constructor(base) {
    this.base = base;
    this.wholes = new Map();
    this.high = new Map(Array.from(HIGH, (letter, place) => [letter.charCodeAt(0), 128 + place]));
    this.given = new WeakMap();
    globalThis.dangjianSearch = (holder) => this.given.set(document.currentScript, holder);
  }

  whole(name, fresh) {
    if (!this.wholes.has(name) || fresh) {
      const loading = this.load(name);
      this.wholes.set(name, loading);
      loading.catch(() => this.wholes.delete(name));
    }
    return this.wholes.get(name);
  }

  load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.charset = 'windows-1252';
      script.src = this.base + name;
      script.onerror = () => reject(new MissingFile(name));
      script.onload = () => {
        const holder = this.given.get(script);
        script.remove();
        if (holder) resolve(this.bytesOf(holder.toString()));
        else reject(new DamagedData(name));
      };
      document.head.append(script);
    });
  }

  bytesOf(source) {
    const start = source.indexOf('/*') + 2;
    const bytes = new Uint8Array(source.lastIndexOf('*/') - start);
    for (let place = 0; place < bytes.length; place += 1) {
      const code = source.charCodeAt(start + place);
      bytes[place] = code < 256 ? code : this.high.get(code);
    }
    return bytes;
  }

  async part(name, start, length) {
    const payload = await this.whole(name);
    if (start + length > payload.length) throw new DamagedData(name);
    return payload.subarray(start, start + length);
  }
}

/** Hands out parts of the index, and keeps those that were asked for lately. */
export class IndexFiles {
  constructor(base) {
    const fromFolder = base.startsWith('file:');
    this.source = fromFolder ? new ScriptFiles(base) : new HttpFiles(base);
    this.kept = new Map();
    this.keptBytes = 0;
  }

  /** The manifest, always fetched again. */
  async manifest() {
    const payload = await this.source.whole('manifest.js', true);
    try {
      return JSON.parse(new TextDecoder().decode(payload));
    } catch (error) {
      if (error instanceof SyntaxError) throw new DamagedData('manifest.js');
      throw error;
    }
  }

  /** `length` bytes of a file's payload from `start` on, without their mask. */
  part(name, keys, start, length) {
    if (!length) return Promise.resolve(new Uint8Array(0));
    const key = `${name} ${start} ${length}`;
    const held = this.kept.get(key);
    if (held) {
      this.kept.delete(key);
      this.kept.set(key, held);
      return held;
    }
    const loading = this.source.part(name, start, length)
      .then((bytes) => unmask(bytes, keys, start));
    this.keep(key, loading, length);
    loading.catch(() => this.kept.delete(key));
    return loading;
  }

  keep(key, loading, length) {
    this.kept.set(key, loading);
    this.keptBytes += length;
    if (this.keptBytes <= KEPT_BYTES) return;
    for (const old of this.kept.keys()) {
      if (this.keptBytes <= KEPT_BYTES) break;
      this.keptBytes -= Number(old.slice(old.lastIndexOf(' ') + 1));
      this.kept.delete(old);
    }
  }
}
