// Marks the words of a search in the article the reader came to, until she takes the marks away.
// The words travel behind '#' in the address, so that the server sees and caches one page only.

import {element} from './dom.js';

const KEY = 'find=';
const MOST_WORDS = 12;
const MOST_MARKS = 2000;
const BLOCKS = 'p,li,td,th,h1,h2,h3,h4,h5,h6,figcaption,caption,dt,dd,pre,div,section,article';

/** The part of an article's address that carries the words to mark. */
export function wordsToFragment(words) {
  const few = words.filter(Boolean).slice(0, MOST_WORDS).map((word) => word.slice(0, 60));
  return few.length ? '#' + KEY + few.map(encodeURIComponent).join('+') : '';
}

/** The words in an address' fragment; none when it is about something else. */
export function fragmentToWords(fragment) {
  if (!fragment.startsWith('#' + KEY)) return [];
  const words = [];
  for (const part of fragment.slice(KEY.length + 1).split('+').slice(0, MOST_WORDS)) {
    try {
      const word = decodeURIComponent(part).trim();
      if (word && word.length <= 60) words.push(word);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
    }
  }
  return words;
}

// The text of an element as one string, with the places where its text nodes start. A NUL stands
// between blocks, so that no word is found across the end of a paragraph.
function spreadText(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => (node.parentElement.closest('script,style,mark,rt,rp')
      ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  });
  const nodes = [];
  const starts = [];
  let text = '';
  let block = null;
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement.closest(BLOCKS);
    if (around !== block) text += '\0';
    block = around;
    nodes.push(walker.currentNode);
    starts.push(text.length);
    text += walker.currentNode.data;
  }
  return {nodes, starts, text};
}

function escapeForPattern(word) {
  return word.replace(/[.*+?^${}()|[\]\\\/-]/g, '\\$&');
}

// Line breaks of the page's source may stand between any two characters of a Chinese word.
function patternOf(words) {
  const longFirst = [...words].sort((one, other) => other.length - one.length);
  const parts = longFirst.map((word) => Array.from(word.replace(/\s+/g, ' '))
    .map((letter) => (letter === ' ' ? '\\s+' : escapeForPattern(letter))).join('[\\r\\n\\u200b\\u00ad]*'));
  return new RegExp(parts.join('|'), 'giu');
}

function wrapPart(node, start, end) {
  const tail = start > 0 ? node.splitText(start) : node;
  if (end - start < tail.data.length) tail.splitText(end - start);
  const mark = element('mark', {class: 'found'});
  tail.replaceWith(mark);
  mark.append(tail);
  return mark;
}

/** Wraps every occurrence of the words below `root`; the first mark of each occurrence, in order. */
export function markWords(root, words) {
  const {nodes, starts, text} = spreadText(root);
  const found = Array.from(text.matchAll(patternOf(words))).slice(0, MOST_MARKS);
  const firsts = [];
  let last = nodes.length - 1;
  for (const match of found.reverse()) {
    let left = match.index + match[0].length;
    let first = null;
    while (starts[last] >= left) last -= 1;
    let at = last;
    while (left > match.index) {
      while (starts[at] >= left) at -= 1;
      const begin = Math.max(match.index, starts[at]);
      first = wrapPart(nodes[at], begin - starts[at], left - starts[at]);
      left = begin;
    }
    if (first) firsts.push(first);
  }
  return firsts.reverse();
}

/** Takes away what markWords put in and joins the text again. */
export function unmarkWords(root) {
  for (const mark of root.querySelectorAll('mark.found')) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
}

function buildBar(words, marks, clear) {
  let place = -1;
  const where = element('span', {class: 'found-place', role: 'status'});
  where.textContent = `共 ${marks.length} 处`;
  const go = (step) => {
    if (place >= 0) marks[place].classList.remove('current');
    place = (place + step + marks.length) % marks.length;
    marks[place].classList.add('current');
    marks[place].scrollIntoView({block: 'center'});
    where.textContent = `第 ${place + 1} 处，共 ${marks.length} 处`;
  };
  const button = (label, action) => {
    const made = element('button', {type: 'button'}, label);
    made.addEventListener('click', action);
    return made;
  };
  return element('div', {class: 'found-bar', role: 'region', 'aria-label': '搜索词标记'},
    element('span', {class: 'found-words'}, `已标出“${words.join('”“')}”`), where,
    button('上一处', () => go(place < 0 ? 0 : -1)), button('下一处', () => go(1)),
    button('清除标记', clear));
}

function dropFragment() {
  try {
    history.replaceState(history.state, '', location.pathname + location.search);
  } catch (error) {
    if (error.name !== 'SecurityError') throw error;
  }
}

/** Marks the words that the address carries inside `root`, with a bar to step through and remove. */
export function highlightOnArrival(root) {
  const words = fragmentToWords(location.hash);
  if (!root || !words.length) return;
  const marks = markWords(root, words);
  if (!marks.length) return;
  const onKey = (event) => {
    if (event.key === 'Escape' && !event.defaultPrevented) clear();
  };
  const clear = () => {
    unmarkWords(root);
    bar.remove();
    dropFragment();
    document.removeEventListener('keydown', onKey);
  };
  const bar = buildBar(words, marks, clear);
  root.prepend(bar);
  document.addEventListener('keydown', onKey);
}
