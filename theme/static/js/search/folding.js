// Folding of case, width and traditional characters, as docs/search-format.md says (section 2):
// the same on both sides, so that what is in a text is found however it is typed.

const IGNORED = new RegExp('[\\u00ad\\u034f\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f'
  + '\\ufe00-\\ufe0f\\ufeff\\u0300-\\u036f\\u{e0100}-\\u{e01ef}]', 'u');
const UNIT = /[\p{L}\p{N}\p{M}\p{Co}]/u;
const MARKS = /[\u0300-\u036f]/g;

/** The number of a run of punctuation, spaces and other signs among units. */
export const BREAK = 0;

// Spaces within a line: between two units, one of them a Han character, they are no break.
const BLANK = /[ \xa0\u1680\u2000-\u200a\u202f\u205f\u3000]/;

/** Whether a code point is a Han character. */
export function isHan(code) {
  return (code >= 0x3400 && code <= 0x9fff) || (code >= 0x20000 && code <= 0x3ffff)
    || (code >= 0xf900 && code <= 0xfaff) || (code >= 0x2e80 && code <= 0x2fdf);
}

function isUnit(code, character) {
  return (code >= 0x20000 && code <= 0x3ffff) || UNIT.test(character);
}

/** Folds texts; knows the traditional characters once it was given the table. */
export class Folder {
  constructor() {
    this.simplified = null;
    this.known = new Map();
    this.plain = null;
  }

  /** Takes the characters of the fold file: all traditional ones, then their simplified forms. */
  learn(characters) {
    const letters = Array.from(characters);
    const half = letters.length / 2;
    this.simplified = new Map();
    for (let place = 0; place < half; place += 1) {
      this.simplified.set(letters[place].codePointAt(0), letters[half + place].codePointAt(0));
    }
    this.known.clear();
  }

  /** Whether the text can only be folded with the table; `exceptions` as in the manifest. */
  needsTable(text, exceptions) {
    if (this.simplified) return false;
    if (!this.plain) this.plain = commonCharacters(exceptions);
    return Array.from(text.normalize('NFKD')).some(
      (letter) => isHan(letter.codePointAt(0)) && !this.plain.has(letter));
  }

  // What one code point gives: units, BREAK for a sign, nothing for what is ignored.
  foldOne(code) {
    if (code < 0x80) {
      if ((code >= 48 && code <= 57) || (code >= 97 && code <= 122)) return code;
      return code >= 65 && code <= 90 ? code + 32 : BREAK;
    }
    let folded = this.known.get(code);
    if (folded === undefined) {
      folded = this.foldRare(code);
      this.known.set(code, folded);
    }
    return folded;
  }

  foldRare(code) {
    if (code >= 0xd800 && code <= 0xdfff) return BREAK;
    const character = String.fromCodePoint(code);
    if (IGNORED.test(character)) return [];
    const folded = Array.from(
      character.normalize('NFKD').toLowerCase().replace(MARKS, '').normalize('NFC'), (letter) => {
        const found = letter.codePointAt(0);
        const simple = (this.simplified && this.simplified.get(found)) || found;
        return isUnit(simple, String.fromCodePoint(simple)) ? simple : BREAK;
      });
    return folded.length === 1 ? folded[0] : folded;
  }

  /**
   * The units and single breaks of a text, breaks at its ends dropped, and for each of them where
   * in the text (in UTF-16 units) its character begins.
   */
  fold(text) {
    const units = [];
    const origins = [];
    let gap = -1;
    let blank = true;
    const add = (unit, origin) => {
      if (unit === BREAK) {
        blank = blank && BLANK.test(text[origin]);
        if (gap < 0) gap = origin;
        return;
      }
      const joined = blank && units.length && (isHan(unit) || isHan(units[units.length - 1]));
      if (gap >= 0 && units.length && !joined) {
        units.push(BREAK);
        origins.push(gap);
      }
      gap = -1;
      blank = true;
      units.push(unit);
      origins.push(origin);
    };
    for (let place = 0; place < text.length; place += 1) {
      const code = text.codePointAt(place);
      const folded = this.foldOne(code);
      if (typeof folded === 'number') add(folded, place);
      else for (const unit of folded) add(unit, place);
      if (code > 0xffff) place += 1;
    }
    return {units, origins};
  }
}

// The Han characters of GB 2312 less those the table maps: what simplified text is made of.
function commonCharacters(exceptions) {
  const bytes = new Uint8Array(72 * 94 * 2);
  let at = 0;
  for (let row = 0xb0; row <= 0xf7; row += 1) {
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
      bytes[at++] = row;
      bytes[at++] = cell;
    }
  }
  const common = new Set(new TextDecoder('gbk').decode(bytes));
  for (const letter of exceptions) common.delete(letter);
  return common;
}

/** How many positions units and breaks take: a unit two, a break one. */
export function spanOf(units) {
  return units.reduce((sum, unit) => sum + (unit === BREAK ? 1 : 2), 0);
}

/** Cuts units at their breaks. */
export function piecesOf(units) {
  const pieces = [[]];
  for (const unit of units) {
    if (unit === BREAK) pieces.push([]);
    else pieces[pieces.length - 1].push(unit);
  }
  return pieces;
}
