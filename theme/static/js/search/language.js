// The query language of docs/search-format.md, section 4.1.

import {BREAK, piecesOf} from './folding.js';

const LONGEST = 500;
const MOST_CLAUSES = 16;
const QUOTES = '"“”„＂';
const MINUSES = '-－−';
const FIELDS = {
  title: 'title', 标题: 'title', body: 'body', 正文: 'body', source: 'source', 来源: 'source',
  column: 'column', 栏目: 'column', type: 'type', 类型: 'type', year: 'year', 年: 'year', 年份: 'year',
  from: 'from', 自: 'from', to: 'to', 至: 'to',
};
const TYPES = {
  新闻: 'news', 文件: 'document', 公告: 'notice', 图集: 'photo', 视频: 'video', 专题: 'special',
  页面: 'page', 链接: 'link',
};
// What separates clauses: written out, for languages differ in what they call a space.
const SPACE = new RegExp('[\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]');
const DASH = /[\p{Pd}−]/u;
const DAY_MS = 86400000;
const DAY_1970 = 719163;


function dayNumber(year, month, day) {
  if (year < 1) return null;
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  const right = time.getUTCFullYear() === year && time.getUTCMonth() === month - 1
    && time.getUTCDate() === day;
  return right ? Math.round(time.getTime() / DAY_MS) + DAY_1970 : null;
}

/** The year of a day number (0001-01-01 is 1). */
export function yearOf(day) {
  return new Date((day - DAY_1970) * DAY_MS).getUTCFullYear();
}

function narrowDigits(value) {
  return value.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
}

/** The first and last day (as day numbers) of a year, month or day; null if it is none. */
export function daysOf(value) {
  const match = /^(\d{4})(?:(?:[-/.]|年)(\d{1,2})(?:(?:[-/.]|月)(\d{1,2})日?|月)?|年)?$/
    .exec(narrowDigits(value));
  if (!match) return null;
  const [year, month, day] = match.slice(1).map((part) => (part ? Number(part) : 0));
  if (match[3]) {
    const only = dayNumber(year, month, day);
    return only === null ? null : [only, only];
  }
  if (match[2]) {
    const first = dayNumber(year, month, 1);
    if (first === null) return null;
    return [first, dayNumber(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - 1];
  }
  const first = dayNumber(year, 1, 1);
  return first === null ? null : [first, dayNumber(year, 12, 31)];
}

function trimmed(value) {
  const letters = Array.from(value);
  while (letters.length && SPACE.test(letters[0])) letters.shift();
  while (letters.length && SPACE.test(letters[letters.length - 1])) letters.pop();
  return letters.join('');
}

function yearsOf(value) {
  const match = /^(\d{4})(?:[-－–—~～至](\d{4}))?$/.exec(narrowDigits(value));
  if (!match) return null;
  const one = daysOf(match[1]);
  const other = match[2] ? daysOf(match[2]) : one;
  if (!one || !other) return null;
  return [Math.min(one[0], other[0]), Math.max(one[1], other[1])];
}

function isText(field) {
  return field === '' || field === 'title' || field === 'body';
}

function understood(field, value, folder) {
  if (isText(field) || field === 'source' || field === 'column') {
    return folder.fold(value).units.length ? value : null;
  }
  if (field === 'type') {
    const word = TYPES[value] || value.toLowerCase();
    return Object.values(TYPES).includes(word) ? word : null;
  }
  if (field === 'year') return yearsOf(value);
  const days = daysOf(value);
  if (!days) return null;
  return field === 'from' ? [days[0], Infinity] : [-Infinity, days[1]];
}


function fieldBefore(letters, at, end) {
  let colon = at;
  while (colon < end && letters[colon] !== ':' && letters[colon] !== '：') colon += 1;
  if (colon + 1 >= letters.length || colon >= end || SPACE.test(letters[colon + 1])) return null;
  const name = letters.slice(at, colon).join('').toLowerCase();
  return Object.hasOwn(FIELDS, name) ? {field: FIELDS[name], start: colon + 1} : null;
}

function runEnd(letters, at) {
  let end = at;
  while (end < letters.length && !SPACE.test(letters[end])) end += 1;
  return end;
}

function valueAt(letters, at) {
  if (!QUOTES.includes(letters[at])) {
    const end = runEnd(letters, at);
    return {value: letters.slice(at, end).join(''), quoted: false, end};
  }
  let close = at + 1;
  while (close < letters.length && !QUOTES.includes(letters[close])) close += 1;
  return {value: letters.slice(at + 1, close).join(''), quoted: true, end: close + 1};
}

function clauseAt(letters, start, folder) {
  let at = start;
  const minus = MINUSES.includes(letters[at]) && at + 1 < letters.length
    && !SPACE.test(letters[at + 1]);
  if (minus) at += 1;
  const named = fieldBefore(letters, at, runEnd(letters, at));
  if (named) {
    const read = valueAt(letters, named.start);
    const text = isText(named.field) ? read.value : trimmed(read.value);
    const value = understood(named.field, text, folder);
    if (value !== null) return {...read, minus, field: named.field, value};
  }
  return {...valueAt(letters, at), minus, field: ''};
}

function textWord({value, quoted, minus, field}, folder) {
  const {units} = folder.fold(value);
  return units.length ? {text: value, field, quoted, minus, units, pieces: piecesOf(units)} : null;
}

/** Which units of a folded text have a dash before them, nothing but breaks between. */
export function dashesIn(text, {units, origins}) {
  const found = [];
  let end = 0;
  units.forEach((unit, place) => {
    if (unit === BREAK) return;
    const origin = origins[place];
    if (DASH.test(text.slice(end, origin))) found.push(place);
    end = origin + (text.codePointAt(origin) > 0xffff ? 2 : 1);
  });
  return found;
}

// What a title must be to be the query: the words alone (`whole`), if nothing else is asked; and
// all that was typed, with its dashes, if operators make that another thing.
function titlesAsked(text, {words, filters, values}, folder) {
  const plain = words.length && !filters.length
    && words.every((word) => !word.minus && word.field !== 'body');
  const whole = plain ? folder.fold(values.join(' ')).units : [];
  const folded = folder.fold(text);
  const excludes = [...words, ...filters].some(({minus}) => minus);
  return {
    whole, typed: folded.units.join() === whole.join() ? [] : folded.units,
    dashes: excludes ? dashesIn(text, folded) : [],
  };
}

/**
 * What a query asks: `words` (text clauses), `filters` (field, value, minus), what a title must be
 * to be the query (`whole`; `typed` and `dashes`), and notes (`long`, `many`). Never fails, whatever
 * the string.
 */
export function parseQuery(query, folder) {
  const notes = [];
  let letters = Array.from(query).map((letter) => (/^[\ud800-\udfff]$/.test(letter) ? ' ' : letter));
  if (letters.length > LONGEST) {
    letters = letters.slice(0, LONGEST);
    notes.push('long');
  }
  const words = [];
  const filters = [];
  const values = [];
  for (let at = 0; at < letters.length;) {
    if (SPACE.test(letters[at])) {
      at += 1;
      continue;
    }
    const clause = clauseAt(letters, at, folder);
    at = clause.end;
    const word = isText(clause.field) ? textWord(clause, folder) : null;
    if (isText(clause.field) && !word) continue;
    if (words.length + filters.length === MOST_CLAUSES) {
      notes.push('many');
      break;
    }
    if (word) {
      words.push(word);
      values.push(clause.value);
    } else {
      filters.push({field: clause.field, value: clause.value, minus: clause.minus});
    }
  }
  return {words, filters, ...titlesAsked(letters.join(''), {words, filters, values}, folder), notes};
}
