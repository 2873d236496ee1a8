// What the reader asked for, and how the page's address says it.

const NAMES = ['q', 'scope', 'column', 'year', 'from', 'to', 'source', 'type', 'sort', 'page'];
const CHOICES = {sort: ['new', 'old'], scope: ['title']};
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const YEAR = /^\d{4}$/;

/** A request without words and filters: everything is a string but the page number. */
export function emptyRequest() {
  return {
    q: '', scope: '', column: '', year: '', from: '', to: '', source: '', type: '', sort: '', page: 1,
  };
}

/** The request in an address' query part; whatever does not make sense there is left out. */
export function readAddress(search) {
  const given = new URLSearchParams(search);
  const request = emptyRequest();
  for (const name of NAMES) {
    request[name] = (given.get(name) || '').trim();
  }
  if (!YEAR.test(request.year)) request.year = '';
  if (!DAY.test(request.from)) request.from = '';
  if (!DAY.test(request.to)) request.to = '';
  if (request.year) request.from = request.to = '';
  for (const [name, choices] of Object.entries(CHOICES)) {
    if (!choices.includes(request[name])) request[name] = '';
  }
  const page = Number.parseInt(request.page, 10);
  request.page = page > 0 && page < 1e6 ? page : 1;
  return request;
}

/** The query part of the address that stands for a request; '?' alone for an empty one. */
export function writeAddress(request) {
  const written = new URLSearchParams();
  for (const name of NAMES) {
    const value = name === 'page' ? (request.page > 1 ? String(request.page) : '') : request[name];
    if (value) written.set(name, value.slice(0, 1000));
  }
  return '?' + written;
}

/** The names of the filters in use, dates as one. */
export function filtersInUse(request) {
  const used = [];
  if (request.scope) used.push('scope');
  if (request.column) used.push('column');
  if (request.year || request.from || request.to) used.push('date');
  if (request.source) used.push('source');
  if (request.type) used.push('type');
  return used;
}

/** The same request with one filter dropped, from its first page. */
export function withoutFilter(request, name) {
  const changes = name === 'date' ? {year: '', from: '', to: ''} : {[name]: ''};
  return {...request, ...changes, page: 1};
}
