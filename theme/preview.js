// Only in the preview: reloads the page after a build, keeps the place, shows what is wrong.
// Served by the preview itself; never part of the site.
(() => {
  'use strict';

  const built = new URL(document.currentScript.src).searchParams.get('build');
  const foldedKey = 'preview-folded';
  const placeKey = `preview-place:${location.pathname}`;
  let source = null;
  let bar = null;

  const restorePlace = () => {
    const place = sessionStorage.getItem(placeKey);
    if (place === null) return;
    sessionStorage.removeItem(placeKey);
    const [left, top] = JSON.parse(place);
    scrollTo({ left, top, behavior: 'instant' });
  };

  const reload = () => {
    sessionStorage.setItem(placeKey, JSON.stringify([scrollX, scrollY]));
    location.reload();
  };

  const element = (name, text, parent) => {
    const made = document.createElement(name);
    made.textContent = text;
    parent.append(made);
    return made;
  };

  // In a shadow tree, so that neither the theme nor the bar changes the other's look.
  const makeBar = () => {
    const host = document.createElement('dangjian-preview');
    host.style.cssText = 'all:initial;position:fixed;inset:auto 0 0 0;z-index:2147483647';
    const root = host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      section { background: #2a2725; color: #fff; font: 15px/1.7 system-ui, sans-serif;
        border-top: 4px solid #e8b04b; }
      section.error { border-color: #ff6b5a; }
      header { display: flex; gap: 16px; align-items: center; padding: 6px 20px; }
      h2 { flex: 1; margin: 0; font-size: 16px; }
      h3 { margin: 8px 0 2px; font-size: 15px; color: #ffd9a0; }
      h3.error { color: #ffb3a8; }
      button { min-width: 64px; min-height: 32px; padding: 2px 12px; border: 1px solid #fff;
        border-radius: 4px; background: none; color: inherit; font: inherit; cursor: pointer; }
      button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
      .lists { max-height: 32vh; overflow: auto; padding: 0 20px 12px; }
      ul { margin: 0; padding: 0; list-style: none; }
      code { color: #ffd9a0; font: 14px/1.7 ui-monospace, monospace; margin-right: 1em;
        overflow-wrap: anywhere; }
      [hidden] { display: none; }
      @media (max-width: 600px) {
        header { padding: 4px 12px; }
        h2 { font-size: 14px; }
        .lists { max-height: 24vh; padding: 0 12px 8px; }
      }
      @media print { section { display: none; } }
    `);
    root.adoptedStyleSheets = [sheet];
    const section = element('section', '', root);
    section.setAttribute('role', 'status');
    section.setAttribute('aria-label', '预览提示');
    const header = element('header', '', section);
    const heading = element('h2', '', header);
    const fold = element('button', '', header);
    fold.type = 'button';
    const lists = element('div', '', section);
    lists.className = 'lists';
    const setFolded = (folded) => {
      lists.hidden = folded;
      fold.textContent = folded ? '展开' : '收起';
      fold.setAttribute('aria-expanded', String(!folded));
    };
    setFolded(sessionStorage.getItem(foldedKey) === 'yes');
    fold.addEventListener('click', () => {
      setFolded(!lists.hidden);
      sessionStorage.setItem(foldedKey, lists.hidden ? 'yes' : 'no');
    });
    document.documentElement.append(host);
    return { host, section, heading, lists };
  };

  const group = (label, problems, className) => {
    if (!problems.length) return;
    element('h3', `${label}（${problems.length}）`, bar.lists).className = className;
    const list = element('ul', '', bar.lists);
    for (const problem of problems) {
      const item = element('li', '', list);
      element('code', problem.place, item);
      item.append(problem.message);
    }
  };

  // What is wrong with this page's own article comes first; errors before notices.
  const show = (state) => {
    const problems = state.problems ?? [];
    if (!problems.length) {
      bar?.host.remove();
      bar = null;
      return;
    }
    bar ??= makeBar();
    const here = decodeURI(location.pathname).slice(1).replace(/(^|\/)$/, '$1index.html');
    const isOwn = (problem) => Boolean(problem.page) && problem.page === here;
    const isError = (problem) => problem.level === 'error';
    const others = problems.filter((problem) => !isOwn(problem));
    bar.section.className = problems.some(isError) ? 'error' : '';
    bar.heading.textContent = state.summary ?? '';
    bar.lists.replaceChildren();
    const own = problems.filter(isOwn);
    group('本页：错误', own.filter(isError), 'error');
    group('本页：提醒', own.filter((problem) => !isError(problem)), '');
    group('错误', others.filter(isError), 'error');
    group('提醒', others.filter((problem) => !isError(problem)), '');
  };

  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource('/_preview/events');
    source.onmessage = (event) => {
      const state = JSON.parse(event.data);
      const moved = state.moved?.[decodeURI(location.pathname)];
      if (moved) location.replace(moved);
      else if (state.build && state.build !== built) reload();
      else show(state);
    };
  };

  // A browser keeps six connections to a host: tabs in the background let theirs go.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) listen();
    else if (source) {
      source.close();
      source = null;
    }
  });
  addEventListener('pagehide', () => source?.close());

  restorePlace();
  listen();
})();
