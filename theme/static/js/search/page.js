// The search page: the box, answers while typing, the address, the keyboard.

import {filtersInUse, readAddress, writeAddress} from './address.js';
import {SearchClient, SearchFailure} from './client.js';
import {
  activeFilters, failureSentence, filterPanel, nothingFound, pagerLinks, renewSnippets, resultItems,
  sortChoice, statusSentence,
} from './view.js';

// Search immediately on the first key; debounce the following ones.
const TYPING_PAUSE = 60;
const TYPING_AGAIN = 250;
const SLOW = 400;
const SCROLL_PAUSE = 200;
const RESIZE_PAUSE = 200;

// A task of its own, after what the browser has to do now.
const moment = () => new Promise((resolve) => setTimeout(resolve));

// A column's address in the index, from that of its page.
function columnAddress(href, root) {
  return href.slice(href.startsWith(root) ? root.length : 0).replace(/\/?(index\.html)?$/, '');
}

class SearchPage {
  constructor(app) {
    this.app = app;
    this.root = app.dataset.root || '';
    this.form = app.querySelector('form.search-form');
    this.box = this.form.elements.q;
    this.part = (name) => app.querySelector('[data-part=' + name + ']');
    this.request = readAddress(location.search);
    this.client = new SearchClient(new URL(app.dataset.worker, location.href).href,
      new URL(app.dataset.index, location.href).href);
    this.columnOrder = new Map(Array.from(app.querySelectorAll('.browse-tree a'), (link, place) => (
      [columnAddress(link.getAttribute('href'), this.root), place])));
    this.asked = 0;
    this.timer = 0;
    this.slow = 0;
    this.lastTyped = -TYPING_AGAIN;
    this.addressDue = false;
    // Where the reader was when she left: the browser goes there before there are results.
    this.place = history.state?.place || 0;
    this.scrolled = 0;
    this.resized = 0;
    this.cutFor = 0;
  }

  start() {
    this.box.value = this.request.q;
    this.box.addEventListener('input', (event) => {
      if (event.isComposing) return;
      const soon = event.timeStamp - this.lastTyped < TYPING_AGAIN;
      this.lastTyped = event.timeStamp;
      this.typed(soon ? TYPING_PAUSE : 0);
    });
    this.box.addEventListener('compositionend', () => this.typed(0));
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.go({...this.request, q: this.box.value, page: 1}, true);
    });
    this.app.addEventListener('submit', (event) => this.rangeChosen(event));
    this.app.addEventListener('click', (event) => this.clicked(event));
    this.part('filter-button').addEventListener('click', () => this.toggleFilters());
    document.addEventListener('keydown', (event) => this.key(event));
    document.addEventListener('click', () => this.settleAddress(), true);
    window.addEventListener('scroll', () => {
      clearTimeout(this.scrolled);
      this.scrolled = setTimeout(() => this.notePlace(), SCROLL_PAUSE);
    }, {passive: true});
    document.addEventListener('choice', () => this.cutAgain());
    window.addEventListener('resize', () => {
      clearTimeout(this.resized);
      this.resized = setTimeout(() => this.cutAgain(), RESIZE_PAUSE);
    });
    window.addEventListener('popstate', (event) => {
      this.addressDue = false;
      this.place = event.state?.place || 0;
      this.request = readAddress(location.search);
      this.box.value = this.request.q;
      this.run();
    });
    if (!this.request.q && !filtersInUse(this.request).length) this.box.focus({preventScroll: true});
    if (this.app.dataset.worker) this.client.prepare();
    this.run();
  }

  typed(pause) {
    clearTimeout(this.timer);
    const take = () => {
      const q = this.box.value.trim();
      if (q !== this.request.q) this.go({...this.request, q, page: 1}, false);
    };
    if (pause) this.timer = setTimeout(take, pause);
    else take();
  }

  go(request, remember) {
    clearTimeout(this.timer);
    if (remember) this.settleAddress();
    this.request = {...request, q: request.q.trim()};
    this.addressDue = !remember;
    if (remember) this.noteAddress(true);
    return this.run();
  }

  // What is typed gets into the address after its answer, and before the page is left: to change an
  // address takes a slow machine many milliseconds, and has it load the page's icon.
  settleAddress() {
    if (!this.addressDue) return;
    this.addressDue = false;
    this.noteAddress(false);
  }

  noteAddress(remember) {
    const address = writeAddress(this.request);
    if (address === location.search) return;
    try {
      if (remember) history.pushState(null, '', address);
      else history.replaceState(history.state, '', address);
    } catch (error) {
      if (error.name !== 'SecurityError') throw error;
    }
  }

  // Not while the results are still to come: that is where the browser puts an empty page.
  notePlace() {
    if (this.place) return;
    try {
      history.replaceState({place: window.scrollY}, '');
    } catch (error) {
      if (error.name !== 'SecurityError') throw error;
    }
  }

  returnToPlace() {
    if (this.place) window.scrollTo(0, this.place);
    this.place = 0;
  }

  async run() {
    this.asked += 1;
    const mine = this.asked;
    clearTimeout(this.slow);
    if (this.request.q || filtersInUse(this.request).length) {
      this.slow = setTimeout(() => this.wait(), SLOW);
    }
    this.part('results').setAttribute('aria-busy', 'true');
    try {
      this.cutFor ||= this.room();
      const answer = await this.client.ask({...this.request, room: this.cutFor}, (first) => {
        if (mine === this.asked) this.showResults(first);
      });
      if (mine !== this.asked) return;
      if (answer.given) this.showMore(answer);
      else this.showResults(answer);
      this.part('results').removeAttribute('aria-busy');
      this.returnToPlace();
      this.app.dispatchEvent(new CustomEvent('search-complete', {detail: answer.total}));
      // The filters come a moment after the results.
      await moment();
      if (mine === this.asked) this.showFilters(answer);
      await moment();
      if (mine !== this.asked) return;
      this.settleAddress();
      this.cutAgain();
    } catch (error) {
      if (!(error instanceof SearchFailure)) throw error;
      if (mine === this.asked) this.fail(error.kind);
    }
  }

  // How many characters a snippet has room for: those of its lines (see search.css), but for two a
  // line, which may be short of what must not begin the next one.
  room() {
    const results = this.part('results');
    const style = getComputedStyle(results);
    const value = (name) => Number(style.getPropertyValue(name));
    const width = results.clientWidth || this.app.clientWidth;
    const line = Math.min(value('--snippet-line'), Math.floor(width / parseFloat(style.fontSize)));
    return value('--snippet-lines') * (line - 2);
  }

  // The reader has chosen another size of type, or turned the phone: the lines hold more or less.
  async cutAgain() {
    const results = this.part('results');
    // To measure makes the browser lay the page out: what an answer is waited for is measured after it.
    if (results.hasAttribute('aria-busy')) return;
    const room = this.app.dataset.state === 'results' ? this.room() : 0;
    if (room === this.cutFor) return;
    this.cutFor = room;
    if (!room) return;
    const mine = this.asked;
    try {
      const answer = await this.client.ask({...this.request, room}, () => {});
      if (mine === this.asked) renewSnippets(results, answer, this.root);
    } catch (error) {
      // What is shown stays as it was cut.
      if (!(error instanceof SearchFailure)) throw error;
    }
  }

  // Dim old results only after a delay: most answers arrive sooner, and redrawing twice is slower.
  wait() {
    this.app.dataset.late = '';
    this.say('正在搜索…');
    this.settleAddress();
  }

  waited() {
    clearTimeout(this.slow);
    delete this.app.dataset.late;
  }

  say(sentence) {
    const status = this.part('status');
    if (status.textContent !== sentence) status.textContent = sentence;
  }

  showResults(answer) {
    this.waited();
    const {request} = this;
    const empty = !answer.nothingAsked && !answer.total;
    this.part('sort').replaceChildren(...(answer.total > 1 ? sortChoice(request) : []));
    this.part('results').start = (answer.page - 1) * answer.pageSize + 1;
    this.part('results').replaceChildren(...resultItems(answer, this.root));
    this.part('active').replaceChildren(...activeFilters(request, answer.facets));
    this.part('message').replaceChildren(...(empty ? nothingFound(request, answer) : []));
    this.app.dataset.state = answer.nothingAsked ? 'idle' : empty ? 'empty' : 'results';
    this.say(statusSentence(request, answer));
    this.app.dispatchEvent(new CustomEvent('search-shown', {detail: answer.total}));
  }

  showMore(answer) {
    const results = answer.results.slice(answer.given);
    this.part('results').append(...resultItems({results}, this.root));
  }

  showFilters(answer) {
    const {request} = this;
    const used = filtersInUse(request).length;
    this.part('pages').replaceChildren(...pagerLinks(request, answer));
    this.part('filters').replaceChildren(...(answer.nothingAsked
      ? [] : filterPanel(request, answer.facets, this.columnOrder)));
    this.part('filter-button').textContent = used ? `筛选（${used}）` : '筛选';
  }

  fail(kind) {
    this.waited();
    this.settleAddress();
    this.part('results').removeAttribute('aria-busy');
    for (const name of ['sort', 'results', 'pages', 'active', 'filters']) {
      this.part(name).replaceChildren();
    }
    this.part('message').replaceChildren(...failureSentence(kind, this.app.dataset.archive));
    this.app.dataset.state = 'failed';
    this.say(this.part('message').firstChild.textContent);
  }

  rangeChosen(event) {
    if (!event.target.matches('[data-range]')) return;
    event.preventDefault();
    const {from, to} = event.target.elements;
    const [first, last] = from.value && to.value && from.value > to.value
      ? [to.value, from.value] : [from.value, to.value];
    this.go({...this.request, year: '', from: first, to: last, page: 1}, true);
  }

  clicked(event) {
    const link = event.target.closest('a[data-search]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey
      || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const turned = link.dataset.search === 'page';
    const request = readAddress(new URL(link.href).search);
    if (!turned && !link.closest('[data-part=message]')) request.q = this.box.value;
    this.box.value = request.q;
    this.go(request, true).then(() => {
      if (turned) {
        this.part('status').focus({preventScroll: true});
        this.part('status').scrollIntoView({block: 'start'});
      } else if (!document.contains(link)) this.refocus(link);
    });
  }

  // The lists are rebuilt; the keyboard focus stays where it was.
  refocus(link) {
    const name = link.getAttribute('aria-label') || link.firstChild.textContent;
    const same = Array.from(this.app.querySelectorAll('a[data-search]')).find((other) => (
      (other.getAttribute('aria-label') || other.firstChild.textContent) === name));
    (same || this.part('status')).focus({preventScroll: true});
  }

  toggleFilters() {
    const button = this.part('filter-button');
    const open = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(open));
    this.part('filters').dataset.open = open ? 'true' : '';
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const inField = event.target.closest('input,textarea,select,[contenteditable]');
    if (event.key === '/' && !inField) {
      event.preventDefault();
      this.box.focus();
      this.box.select();
      return;
    }
    const links = Array.from(this.app.querySelectorAll('a.result-link'));
    const at = links.indexOf(document.activeElement);
    if (at < 0 && event.target !== this.box) return;
    if (event.key === 'ArrowDown' && at + 1 < links.length) {
      event.preventDefault();
      links[at + 1].focus();
    } else if (event.key === 'ArrowUp' && at >= 0) {
      event.preventDefault();
      (at ? links[at - 1] : this.box).focus();
    } else if (event.key === 'Escape' && at >= 0) {
      this.box.focus();
    } else if (event.key === 'Home' && at > 0) {
      event.preventDefault();
      links[0].focus();
    } else if (event.key === 'End' && at >= 0) {
      event.preventDefault();
      links[links.length - 1].focus();
    }
  }
}

/** Makes the search page work. */
export function startSearchPage(app) {
  if (app) new SearchPage(app).start();
}
