// Today's date, and the columns' menu on a phone.

const WEEKDAYS = '日一二三四五六';

/** Today as people in China write it, wherever the reader's clock stands. */
export function chineseDate(now) {
  const part = (options) => new Intl.DateTimeFormat('zh-CN', {timeZone: 'Asia/Shanghai', ...options})
    .formatToParts(now);
  const found = Object.fromEntries(part({year: 'numeric', month: 'numeric', day: 'numeric'})
    .map(({type, value}) => [type, Number(value)]));
  const weekday = new Date(Date.UTC(found.year, found.month - 1, found.day)).getUTCDay();
  return `${found.year}年${found.month}月${found.day}日　星期${WEEKDAYS[weekday]}`;
}

/** Fills the date in and puts the menu button to work. */
export function startHeader() {
  const today = document.getElementById('today');
  if (today) today.textContent = chineseDate(new Date());
  const nav = document.getElementById('nav');
  const button = document.querySelector('[data-open=nav]');
  if (!nav || !button) return;
  const turn = (open) => {
    nav.classList.toggle('open', open);
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => turn(!nav.classList.contains('open')));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !nav.classList.contains('open')) return;
    const inside = nav.contains(document.activeElement);
    turn(false);
    if (inside) button.focus();
  });
}
