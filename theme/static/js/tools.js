// The tools of an article, under its title and at its end, and the copy buttons of feeds.

function copyBySelection(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'vh';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
    return copyBySelection(text);
  }
}

function pageAddress() {
  const canonical = document.querySelector('link[rel=canonical]');
  return canonical ? canonical.href : location.href.split('#')[0];
}

/** Says a short sentence next to the tools: those around `origin`, or else the page's. */
export function toolWord(sentence, origin) {
  const around = origin && origin.closest('.tools, .subscribe, main');
  const place = around ? around.querySelector('.tool-word') : document.querySelector('.tools .tool-word');
  if (place) place.textContent = sentence;
}

// A button out of sight of the place where sentences appear answers by its own words for a while.
function answer(button, sentence) {
  toolWord(sentence, button);
  const words = button.textContent;
  button.textContent = sentence.startsWith('没') ? words : '已复制';
  setTimeout(() => { button.textContent = words; }, 2500);
}

async function copyAddress(button, address) {
  const done = await copyText(address);
  answer(button, done ? '链接已复制。' : '没能复制，请从地址栏复制链接。');
}

async function share() {
  try {
    await navigator.share({title: document.querySelector('h1').textContent, url: pageAddress()});
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  }
}

function closeAsMenu(details) {
  document.addEventListener('click', (event) => {
    if (details.open && !details.contains(event.target)) details.open = false;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !details.open) return;
    details.open = false;
    details.querySelector('summary').focus();
  });
}

function each(selector, action) {
  for (const button of document.querySelectorAll(selector)) {
    button.addEventListener('click', () => action(button));
  }
}

/** Puts 打印, 分享 and the copy buttons to work and lets folds close as menus do. */
export function startTools() {
  each('[data-tool=print]', () => window.print());
  each('[data-tool=share]', share);
  each('[data-tool=copy]', (button) => copyAddress(button, pageAddress()));
  each('[data-copy]', (button) => copyAddress(button, new URL(button.dataset.copy, location.href).href));
  document.querySelectorAll('details.qr, details.subscribe').forEach(closeAsMenu);
}
