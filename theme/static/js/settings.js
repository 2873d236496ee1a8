// 无障碍: a dialog with everything a reader can choose, and the switch to 长辈版.

import {element} from './search/dom.js';
import {makeChoice, shownChoice} from './choices.js';

const GROUPS = [
  ['版面', 'elder', [['', '标准版'], ['on', '长辈版']]],
  ['正文字号', 'fontscale', [['small', '小'], ['', '中'], ['large', '大']]],
  ['颜色', 'theme', [['', '跟随系统'], ['light', '浅色'], ['dark', '深色']]],
  ['对比度', 'contrast', [['', '标准'], ['high', '高对比度']]],
  ['动效', 'motion', [['', '标准'], ['less', '减少']]],
  ['鼠标指针', 'cursor', [['', '标准'], ['large', '大']]],
];

function choiceGroup([title, name, values]) {
  return element('fieldset', null, element('legend', null, title),
    element('div', {class: 'options'}, ...values.map(([value, label]) => element('button', {
      type: 'button', 'data-choice': name, value,
    }, label))));
}

function markPressed(dialog) {
  for (const button of dialog.querySelectorAll('[data-choice]')) {
    const pressed = button.value === shownChoice(button.dataset.choice);
    button.setAttribute('aria-pressed', String(pressed));
  }
}

function buildSettings() {
  const dialog = element('dialog', {class: 'settings', 'aria-labelledby': 'settings-title'},
    element('h2', {id: 'settings-title'}, '无障碍设置'),
    element('p', {class: 'dialog-note'}, '选好后在本网站所有页面有效，保存在这台设备上。'),
    ...GROUPS.map(choiceGroup),
    element('form', {method: 'dialog', class: 'dialog-buttons'},
      element('button', {type: 'button', 'data-reset': true}, '全部还原'),
      element('button', {class: 'chief'}, '完成')));
  dialog.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button && button.dataset.choice) makeChoice(button.dataset.choice, button.value);
    else if (button && 'reset' in button.dataset) {
      for (const [, name] of GROUPS) makeChoice(name, '');
    } else if (event.target === dialog) dialog.close();
    markPressed(dialog);
  });
  document.body.append(dialog);
  return dialog;
}

/** Puts the 无障碍 and 长辈版 buttons of the page to work. */
export function startSettings() {
  let dialog = null;
  for (const button of document.querySelectorAll('[data-open=settings]')) {
    button.addEventListener('click', () => {
      dialog = dialog || buildSettings();
      markPressed(dialog);
      dialog.showModal();
    });
  }
  for (const button of document.querySelectorAll('[data-mode=elder]')) {
    button.addEventListener('click', () => makeChoice('elder', shownChoice('elder') ? '' : 'on'));
  }
}
