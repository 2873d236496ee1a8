// The notice before a link that leads to another site, where the office wants one.

import {element} from './search/dom.js';

function allowedHost(host, allowed) {
  return allowed.some((name) => host === name || host.endsWith('.' + name));
}

function buildNotice(site) {
  const address = element('p', {class: 'leaving-address'});
  const onward = element('a', {class: 'chief', target: '_blank', rel: 'noopener external'}, '继续访问');
  const dialog = element('dialog', {class: 'leaving', 'aria-labelledby': 'leaving-title'},
    element('h2', {id: 'leaving-title'}, `您访问的链接即将离开“${site}”网站，是否继续？`), address,
    element('form', {method: 'dialog', class: 'dialog-buttons'}, onward,
      element('button', null, '放弃')));
  onward.addEventListener('click', () => dialog.close());
  document.body.append(dialog);
  return {dialog, address, onward};
}

/** Asks before links that lead away; the footer says whether, and which hosts need no question. */
export function startLeaving() {
  const settings = document.querySelector('footer[data-external]');
  if (!settings || settings.dataset.external !== 'notice' || !window.HTMLDialogElement) return;
  const allowed = settings.dataset.allow.split(' ').filter(Boolean);
  let notice = null;
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (!link || event.defaultPrevented || link.closest('dialog.leaving')) return;
    const {protocol, hostname} = link;
    if (!/^https?:$/.test(protocol) || hostname === location.hostname) return;
    if (allowedHost(hostname, allowed)) return;
    event.preventDefault();
    notice = notice || buildNotice(settings.dataset.site);
    notice.address.textContent = link.href;
    notice.onward.href = link.href;
    notice.dialog.showModal();
  });
}
