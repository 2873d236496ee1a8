// Filters: those written in the query, which simply hold, and those chosen next to the results,
// each of which is also counted as if it were not set (docs/search-format.md, section 4.1).

import {BREAK} from './folding.js';
import {daysOf} from './language.js';

const COLUMN = 1;
const DATE = 2;
const SOURCE = 4;
const TYPE = 8;
// The day stored for a page or a special without a date.
const UNDATED = '1970-01-01';

/** The day of a record that is shown; none for a page or a special that has no date. */
export function shownDate(record) {
  const day = record.date.slice(0, 10);
  return day === UNDATED && ['page', 'special'].includes(record.type) ? '' : day;
}

/** The properties of a segment's documents that filters ask for. */
export async function propertiesOf(segment) {
  const {info} = segment;
  const [days, years, columns, types, sources] = await Promise.all([
    segment.days(), segment.years(), segment.numbers('columns', info.sets.length), segment.numbers('types', info.types.length),
    segment.numbers('sources', info.sources.length)]);
  return {days, years, columns, types, sources};
}

function bare(text, folder) {
  return String.fromCodePoint(...folder.fold(text).units.filter((unit) => unit !== BREAK));
}

function plainAddress(address) {
  return address.replace(/(^|\/)index\.html$/, '').replace(/^\/+|\/+$/g, '');
}

// Which column addresses a written filter means; `names` gives a column's name by its address.
function columnTest(value, names, folder) {
  const folded = bare(value, folder);
  const address = plainAddress(value);
  const exact = (column) => plainAddress(column) === address
    || bare(names[column] || '', folder) === folded;
  if (Object.keys(names).some(exact)) return exact;
  return (column) => bare(names[column] || '', folder).includes(folded);
}

function setTest(info, columnMatches) {
  const wanted = info.columns.map(columnMatches);
  return info.sets.map((set) => set.some((column) => wanted[column]));
}

// A function of segment, properties and document for one written filter.
function writtenTest({field, value}, names, folder) {
  if (field === 'type') {
    return (segment) => {
      const wanted = segment.info.types.indexOf(value);
      return (properties, document) => properties.types[document] === wanted;
    };
  }
  if (field === 'source') {
    const folded = bare(value, folder);
    return (segment) => {
      const wanted = segment.info.sources.map((source) => bare(source, folder).includes(folded));
      return (properties, document) => wanted[properties.sources[document]];
    };
  }
  if (field === 'column') {
    const matches = columnTest(value, names, folder);
    return (segment) => {
      const wanted = setTest(segment.info, matches);
      return (properties, document) => wanted[properties.columns[document]];
    };
  }
  return () => (properties, document) => (
    properties.days[document] >= value[0] && properties.days[document] <= value[1]);
}

/**
 * The filters of a query as one test per segment: several of a field are OR, fields are AND, and
 * those with a minus exclude. `names` are the columns' names by address.
 */
export function writtenFilters(filters, names, folder) {
  const groups = new Map();
  for (const filter of filters) {
    const name = filter.minus ? `-${groups.size}` : filter.field;
    const group = groups.get(name) || {minus: filter.minus, tests: []};
    group.tests.push(writtenTest(filter, names, folder));
    groups.set(name, group);
  }
  return (segment, properties) => {
    const ready = [...groups.values()].map(
      ({minus, tests}) => ({minus, tests: tests.map((test) => test(segment))}));
    return (document) => ready.every(({minus, tests}) => (
      tests.some((test) => test(properties, document)) !== minus));
  };
}

/** The chosen filters as one function: which of them (bits) a document does not meet. */
export function chosenFilters(request, segment, properties) {
  const {info} = segment;
  const sets = request.column
    ? setTest(info, (address) => plainAddress(address) === plainAddress(request.column)) : null;
  const type = request.type ? info.types.indexOf(request.type) : 0;
  const source = request.source ? info.sources.indexOf(request.source) : 0;
  const [first] = daysOf(request.year || request.from) || [-Infinity];
  const [, last] = daysOf(request.year || request.to) || [0, Infinity];
  const {days, columns, sources, types} = properties;
  if (!sets && !request.source && !request.type && first === -Infinity && last === Infinity) {
    return () => 0;
  }
  return (document) => (sets && !sets[columns[document]] ? COLUMN : 0)
    | (days[document] < first || days[document] > last ? DATE : 0)
    | (request.source && sources[document] !== source ? SOURCE : 0)
    | (request.type && types[document] !== type ? TYPE : 0);
}

function bump(counts, key, by) {
  counts.set(key, (counts.get(key) || 0) + by);
}

/** Counts results by column, year, source and type, each without its own filter. */
export class FacetCounts {
  constructor() {
    this.columns = new Map();
    this.years = new Map();
    this.sources = new Map();
    this.types = new Map();
    this.without = {column: 0, date: 0, source: 0, type: 0};
  }

  /** Takes the documents of a segment that have the words, with the filters each fails. */
  add(segment, properties, documents, failed) {
    const {info} = segment;
    const groups = [
      [COLUMN, 'column', properties.columns, new Uint32Array(info.sets.length)],
      [DATE, 'date', properties.years, new Uint32Array(10000)],
      [SOURCE, 'source', properties.sources, new Uint32Array(info.sources.length)],
      [TYPE, 'type', properties.types, new Uint32Array(info.types.length)],
    ];
    for (const [bit, name, values, counts] of groups) {
      let all = 0;
      for (let place = 0; place < documents.length; place += 1) {
        if (failed[place] & ~bit) continue;
        counts[values[documents[place]]] += 1;
        all += 1;
      }
      this.without[name] += all;
    }
    const [sets, years, sources, types] = groups.map((group) => group[3]);
    info.sets.forEach((set, number) => {
      for (const column of set) bump(this.columns, info.columns[column], sets[number]);
    });
    years.forEach((count, year) => count && bump(this.years, String(year).padStart(4, '0'), count));
    info.sources.forEach((source, number) => bump(this.sources, source, sources[number]));
    info.types.forEach((type, number) => bump(this.types, type, types[number]));
  }

  /** Plain values to hand over: most results first, years newest first. */
  summary(names) {
    const most = (counts) => [...counts].filter(([value, count]) => value && count)
      .sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
    return {
      columns: [...this.columns].filter(([, count]) => count).map(([address, count]) => [address, names[address] || address, count]),
      years: [...this.years].filter(([year]) => !UNDATED.startsWith(year)).sort((one, other) => other[0] - one[0]),
      sources: most(this.sources),
      types: most(this.types),
      columnNames: names,
    };
  }
}
