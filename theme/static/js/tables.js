// Tables wider than the screen scroll sideways; the reader sees that, and the keyboard reaches them.

import {element} from './search/dom.js';

function turn(box, wide) {
  box.classList.toggle('scrolls', wide);
  const hint = box.nextElementSibling;
  const hinted = hint && hint.classList.contains('table-hint');
  if (wide) {
    box.tabIndex = 0;
    // A group: regions are landmarks, and several of one name would be no help.
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', '表格，可以左右滑动');
    if (!hinted) box.after(element('p', {class: 'table-hint'}, '左右滑动看全表'));
  } else {
    for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
    if (hinted) hint.remove();
  }
}

/** Makes the text's wide tables stops of the Tab key, with a hint, as long as they are wide. */
export function startTables() {
  const boxes = Array.from(document.querySelectorAll('.table-box'));
  if (!boxes.length) return;
  const watch = new ResizeObserver((entries) => {
    for (const {target} of entries) turn(target, target.scrollWidth > target.clientWidth + 1);
  });
  boxes.forEach((box) => watch.observe(box));
}
