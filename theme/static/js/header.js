// Today's date, and the columns' menu on a phone.

const WEEKDAYS = '日一二三四五六';

// China has one time all year. To ask Intl for it takes the browser longer than all else on a page.
const AHEAD_OF_UTC = 8 * 60 * 60 * 1000;

/** Today as people in China write it, whatever the reader's time zone. */
export function chineseDate(now) {
  const there = new Date(now.getTime() + AHEAD_OF_UTC);
  const day = `${there.getUTCFullYear()}年${there.getUTCMonth() + 1}月${there.getUTCDate()}日`;
  return `${day}　星期${WEEKDAYS[there.getUTCDay()]}`;
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
