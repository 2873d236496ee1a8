// Only in `invoke preview`: reloads the page after a build, keeps the place, shows what is wrong.
// Served by the preview itself; never part of the site.
(() => {
  'use strict';

  const built = new URL(document.currentScript.src).searchParams.get('build');
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
      section { max-height: 40vh; overflow: auto; padding: 12px 20px; background: #2a2725;
        color: #fff; font: 15px/1.7 system-ui, sans-serif; border-top: 4px solid #e8b04b; }
      section.error { border-color: #ff6b5a; }
      h2 { margin: 0 0 4px; font-size: 16px; }
      ul { margin: 0; padding: 0; list-style: none; }
      code { color: #ffd9a0; font: 14px/1.7 ui-monospace, monospace; margin-right: 1em; }
      @media print { section { display: none; } }
    `);
    root.adoptedStyleSheets = [sheet];
    const section = element('section', '', root);
    section.setAttribute('role', 'status');
    section.setAttribute('aria-label', '预览提示');
    document.documentElement.append(host);
    return { host, section };
  };

  const show = (state) => {
    const problems = state.problems ?? [];
    if (!problems.length) {
      bar?.host.remove();
      bar = null;
      return;
    }
    bar ??= makeBar();
    const errors = problems.filter((problem) => problem.level === 'error').length;
    bar.section.className = errors ? 'error' : '';
    bar.section.replaceChildren();
    element('h2', state.summary ?? '', bar.section);
    const list = element('ul', '', bar.section);
    for (const problem of problems) {
      const item = element('li', '', list);
      element('code', problem.place, item);
      item.append(problem.message);
    }
  };

  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource('/_preview/events');
    source.onmessage = (event) => {
      const state = JSON.parse(event.data);
      if (state.build && state.build !== built) reload();
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
