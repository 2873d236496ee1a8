// The tools under an article: printing, copying the address, the QR code's fold.

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

/** Says a short sentence beside the tools. */
export function toolWord(sentence) {
  const place = document.querySelector('.tool-word');
  if (place) place.textContent = sentence;
}

/** Puts 打印 and 复制链接 to work and lets the QR code close as a menu does. */
export function startTools() {
  const print = document.querySelector('[data-tool=print]');
  const copy = document.querySelector('[data-tool=copy]');
  const code = document.querySelector('details.qr');
  if (print) print.addEventListener('click', () => window.print());
  if (copy) {
    copy.addEventListener('click', async () => {
      const done = await copyText(pageAddress());
      toolWord(done ? '链接已复制。' : '没能复制，请从地址栏复制链接。');
    });
  }
  if (code) {
    document.addEventListener('click', (event) => {
      if (code.open && !code.contains(event.target)) code.open = false;
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && code.open) {
        code.open = false;
        code.querySelector('summary').focus();
      }
    });
  }
}
