// What the search page shows: the list of results, the filters, the words when nothing was found.

import {filtersInUse, withoutFilter, writeAddress} from './address.js';
import {element, markedText} from './dom.js';
import {wordsToFragment} from './highlight.js';

const FAILURES = {
  missing: '搜索数据暂时打不开，可能是网络不畅，或者网站正在更新。请稍后再试，也可以先按栏目或时间查找。',
  broken: '搜索数据不完整，网站下次更新时会自动修复。请先按栏目或时间查找。',
  outdated: '网站刚刚更新过，请刷新本页后再搜索；如仍不能搜索，请先按栏目或时间查找。',
};
const NOTES = {
  long: '搜索词太长，只用了前 500 个字。',
  many: '词太多，只用了前 16 个。',
  about: '词里有被标点或空格隔开的单字，只核对了一部分文章，实际篇数不会更多。',
};
const TYPE_NAMES = {
  news: '新闻', document: '文件', notice: '公告', photo: '图集', video: '视频', special: '专题',
  page: '页面', link: '链接',
};
const FEW = 8;

function filterLink(request, changes, name, count, current) {
  const target = {...request, ...(current ? clearedOf(changes) : changes), page: 1};
  return element('a', {
    href: writeAddress(target), class: 'choice', 'data-search': true,
    'aria-current': current ? 'true' : null,
  }, element('span', {class: 'choice-name'}, name),
  count === null ? null : element('span', {class: 'choice-count'}, String(count)));
}

function clearedOf(changes) {
  return Object.fromEntries(Object.keys(changes).map((name) => [name, '']));
}

function choiceList(links) {
  return element('ul', {class: 'choices'}, ...links.map((link) => element('li', null, link)));
}

function folded(title, links, few = FEW) {
  if (links.length <= few) return [choiceList(links)];
  return [choiceList(links.slice(0, few)), element('details', {class: 'more-choices'},
    element('summary', null, `更多${title}（${links.length - few}）`), choiceList(links.slice(few)))];
}

function group(title, ...content) {
  return element('section', {class: 'filter-group'}, element('h2', null, title), ...content);
}

// Columns as a tree by their addresses, in the order the office gave them.
function columnTree(columns, order) {
  const nodes = columns.map(([address, name, count]) => ({address, name, count, children: []}));
  const known = new Map(nodes.map((node) => [node.address, node]));
  const place = ({address}) => (order.has(address) ? order.get(address) : Infinity);
  nodes.sort((one, other) => place(one) - place(other) || (one.address < other.address ? -1 : 1));
  return nodes.filter((node) => {
    let parent = node.address;
    do parent = parent.slice(0, Math.max(0, parent.lastIndexOf('/'))); while (parent && !known.has(parent));
    if (parent) known.get(parent).children.push(node);
    return !parent;
  });
}

function columnGroup(request, columns, order) {
  const entry = (column) => element('li', null,
    filterLink(request, {column: column.address}, column.name, column.count,
      column.address === request.column),
    column.children.length
      ? element('ul', {class: 'choices'}, ...column.children.map(entry)) : null);
  return group('栏目', element('ul', {class: 'choices'}, ...columnTree(columns, order).map(entry)));
}

function dateGroup(request, years) {
  const links = years.map(([value, count]) => filterLink(request,
    {year: value, from: '', to: ''}, value + '年', count, value === request.year));
  const input = (name, label) => element('label', null, label,
    element('input', {type: 'date', name, value: request[name]}));
  const range = element('form', {class: 'date-range', 'data-range': true},
    input('from', '从'), input('to', '到'), element('button', {type: 'submit'}, '按日期筛选'));
  return group('时间', ...folded('年份', links, 6), element('details', {
    class: 'more-choices', open: Boolean(request.from || request.to),
  }, element('summary', null, '自选起止日期'), range));
}

function valueGroup(request, title, name, values) {
  return group(title, ...folded(title, values.filter(([value]) => value).map(([value, count]) => filterLink(
    request, {[name]: value}, name === 'type' ? TYPE_NAMES[value] || value : value, count,
    value === request[name]))));
}

/** The filters next to the results, each with how many results it would give. */
export function filterPanel(request, facets, columnOrder) {
  const groups = facets.columns.length || request.scope ? [group('范围', choiceList([
    filterLink(request, {scope: 'title'}, '只看标题', null, request.scope === 'title')]))] : [];
  if (facets.columns.length) groups.push(columnGroup(request, facets.columns, columnOrder));
  if (facets.years.length) groups.push(dateGroup(request, facets.years));
  if (facets.types.length > 1 || request.type) {
    groups.push(valueGroup(request, '类型', 'type', facets.types));
  }
  if (facets.sources.length > 1 || request.source) {
    groups.push(valueGroup(request, '来源', 'source', facets.sources));
  }
  return groups;
}

function filterName(request, facets, name) {
  if (name === 'date') {
    if (request.year) return request.year + '年';
    if (request.from && request.to) return `${request.from} 至 ${request.to}`;
    return request.from ? `${request.from} 以后` : `${request.to} 以前`;
  }
  if (name === 'scope') return '只看标题';
  if (name === 'column') return facets.columnNames[request.column] || request.column;
  if (name === 'type') return TYPE_NAMES[request.type] || request.type;
  return request[name];
}

/** The filters in use, each a link that takes it away. */
export function activeFilters(request, facets) {
  return filtersInUse(request).map((name) => {
    const label = filterName(request, facets, name);
    return element('a', {
      href: writeAddress(withoutFilter(request, name)), class: 'active-filter', 'data-search': true,
      'aria-label': '去掉筛选：' + label,
    }, label, element('span', {'aria-hidden': 'true'}, ' ×'));
  });
}

/** The choice between relevance and date, newest or oldest first. */
export function sortChoice(request) {
  const choice = (sort, name) => element('a', {
    href: writeAddress({...request, sort, page: 1}), 'data-search': true,
    'aria-current': request.sort === sort ? 'true' : null,
  }, name);
  return [choice('', '按相关度'), choice('new', '最新在前'), choice('old', '最早在前')];
}

function resultItem(result, root) {
  const address = /^[a-z]+:/i.test(result.url)
    ? result.url : root + result.url + wordsToFragment(result.found);
  const meta = [result.date, result.column, result.source].filter(Boolean);
  return element('li', {class: 'result'},
    element('h2', null, element('a', {href: address, class: 'result-link'},
      ...markedText(result.title))),
    result.snippet.length ? element('p', {class: 'result-snippet'}, ...markedText(result.snippet))
      : null,
    element('p', {class: 'result-meta'}, ...meta.map((text) => element('span', null, text))));
}

/** One page of results. `root` leads to the root of the site. */
export function resultItems(answer, root) {
  return answer.results.map((result) => resultItem(result, root));
}

/** Puts the snippets of an answer in the places of those shown, where it has the same results. */
export function renewSnippets(list, answer, root) {
  resultItems(answer, root).forEach((fresh, place) => {
    const part = (name) => [list.children[place], fresh].map((item) => item?.querySelector(name));
    const [shownLink, link] = part('.result-link');
    const [shown, cut] = part('.result-snippet');
    if (shown && cut && shownLink.href === link.href) shown.replaceWith(cut);
  });
}

function pagesOf(answer) {
  return Math.max(answer.page, Math.ceil(answer.total / answer.pageSize));
}

/** The sentence that says what was found, also read out. */
export function statusSentence(request, answer) {
  if (answer.nothingAsked) return request.q ? '请输入要找的字词，只有符号时无法搜索。' : '';
  if (!answer.total) return '没有找到符合条件的文章。';
  const about = answer.notes.includes('about') ? '约 ' : ' ';
  if (!answer.results.length) {
    return `可能有${about}${answer.total} 篇，核对过的都不符合。请换一个更完整的词句再搜。`;
  }
  const pages = pagesOf(answer);
  const place = pages > 1 ? `，第 ${answer.page} 页，共 ${pages} 页` : '';
  const notes = answer.notes.map((note) => NOTES[note] || '').join('');
  return `找到${about}${answer.total} 篇文章${place}。${notes}`;
}

/** Links to the pages of results around the present one. */
export function pagerLinks(request, answer) {
  const pages = pagesOf(answer);
  if (pages < 2) return [];
  const link = (page, name, more) => element('a', {
    href: writeAddress({...request, page}), 'data-search': 'page', ...more}, name);
  const first = Math.max(1, Math.min(answer.page - 2, pages - 4));
  const links = [];
  if (answer.page > 1) links.push(link(answer.page - 1, '上一页', {rel: 'prev'}));
  if (first > 1) links.push(link(1, '1'));
  if (first > 2) links.push(element('span', {'aria-hidden': 'true'}, '…'));
  for (let page = first; page <= Math.min(pages, first + 4); page += 1) {
    links.push(link(page, String(page), page === answer.page ? {'aria-current': 'page'} : null));
  }
  if (answer.page < pages) links.push(link(answer.page + 1, '下一页', {rel: 'next'}));
  return links;
}

function advice(request, answer) {
  const go = (target, name) => element('a', {
    href: writeAddress({...target, page: 1}), 'data-search': true}, name);
  const tips = [];
  if (answer.nearest.length) {
    tips.push(['是不是要找：', ...answer.nearest.flatMap(([word, q]) => [go({...request, q}, word), ' '])]);
  }
  if (request.scope && !answer.total) tips.push([go(withoutFilter(request, 'scope'), '在全文里找')]);
  for (const name of filtersInUse(request)) {
    const count = answer.without[name];
    const label = filterName(request, answer.facets, name);
    if (count) tips.push(['去掉筛选', go(withoutFilter(request, name), `“${label}”`), `，可得 ${count} 篇`]);
  }
  if (answer.words.length > 1) {
    tips.push(['少用几个词，例如只搜 ', ...answer.words.slice(0, 3)
      .flatMap((word) => [go({...request, q: word}, word), ' '])]);
  } else if (answer.words.length && !/["“”„＂]/.test(request.q)) {
    const letters = Array.from(answer.words[0]);
    const half = Math.ceil(letters.length / 2);
    const parted = letters.slice(0, half).join('') + ' ' + letters.slice(half).join('');
    if (letters.length > 3) tips.push(['把词分开写：', go({...request, q: parted}, parted)]);
  }
  if (/["“”„＂]/.test(request.q)) {
    tips.push([go({...request, q: request.q.replace(/["“”„＂]/g, ' ').trim()}, '去掉引号再搜')]);
  }
  tips.push(['检查有没有错别字，或者改按下面的栏目和时间查找']);
  return tips;
}

/** What to try when nothing was found. */
export function nothingFound(request, answer) {
  return [element('p', {class: 'search-nothing'}, '可以试试：'),
    element('ul', {class: 'search-advice'},
      ...advice(request, answer).map((tip) => element('li', null, ...tip)))];
}

/** The sentence for a failure, with the way to the archive. */
export function failureSentence(kind, archive) {
  return [element('p', {class: 'search-failure'}, FAILURES[kind] || FAILURES.missing),
    element('p', null, element('a', {href: archive}, '查看文章归档'))];
}
