// Building pieces of a page. Text goes in as text, so that no string can become markup.

/** An element with attributes (false and null leave one out) and children (strings or nodes). */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value === true ? '' : value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Text whose every second piece was hit: ['before', 'hit', 'after', …]. */
export function markedText(pieces) {
  return pieces.map((piece, place) => (place % 2 ? element('mark', null, piece) : piece));
}
