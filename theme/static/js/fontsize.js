// 选择字号【大 中 小】 next to the byline.

import {makeChoice, shownChoice} from './choices.js';

/** Puts the size buttons of an article to work. */
export function startFontSize() {
  const buttons = Array.from(document.querySelectorAll('[data-fontsize]'));
  const mark = () => {
    const size = shownChoice('fontscale') || 'medium';
    for (const button of buttons) {
      button.setAttribute('aria-pressed', String(button.dataset.fontsize === size));
    }
  };
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const size = button.dataset.fontsize;
      makeChoice('fontscale', size === 'medium' ? '' : size);
    });
  }
  document.addEventListener('choice', mark);
  mark();
}
