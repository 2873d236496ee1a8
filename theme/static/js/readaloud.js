// 朗读: reads the article sentence by sentence and marks the sentence being read.

import {element} from './search/dom.js';

const SPOKEN = 'p,li,h2,h3,h4,h5,h6,figcaption,td,th,dt,dd';
const UNSPOKEN = 'sup,rt,.footnote-backref';
const SENTENCE = /[^。！？；!?;]+[。！？；!?;]*[”’」』）》〕]*/gu;
const MARK = 'reading-aloud';

/** The sentences of an element, each with its range of the page. */
export function sentencesOf(root) {
  const found = [];
  for (const block of root.querySelectorAll(SPOKEN)) {
    if (block.querySelector(SPOKEN)) continue;
    const nodes = [];
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, {
      acceptNode: (node) => (node.parentElement.closest(UNSPOKEN)
        ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    let text = '';
    while (walker.nextNode()) {
      nodes.push([text.length, walker.currentNode]);
      text += walker.currentNode.data;
    }
    for (const match of text.matchAll(SENTENCE)) {
      if (!match[0].trim()) continue;
      found.push({text: match[0].trim(), block,
        range: rangeOf(nodes, match.index, match.index + match[0].length)});
    }
  }
  return found;
}

function rangeOf(nodes, start, end) {
  const place = (offset) => {
    let at = nodes.length - 1;
    while (at > 0 && nodes[at][0] >= offset) at -= 1;
    return [nodes[at][1], Math.min(offset - nodes[at][0], nodes[at][1].data.length)];
  };
  const range = new Range();
  range.setStart(...place(start + 1));
  range.setStart(range.startContainer, range.startOffset - 1);
  range.setEnd(...place(end));
  return range;
}

class Reader {
  /** `buttons` all start and pause; the last of them stays in sight while the text is read. */
  constructor(root, buttons, say) {
    this.root = root;
    this.buttons = buttons;
    this.button = buttons[buttons.length - 1];
    this.say = say;
    this.stopButton = element('button', {type: 'button'}, '停止');
    this.sentences = null;
    this.at = 0;
    this.turn = 0;
  }

  start() {
    for (const button of this.buttons) {
      button.addEventListener('click', () => (this.speaking ? this.pause() : this.go()));
    }
    this.stopButton.addEventListener('click', () => this.stop());
    window.addEventListener('pagehide', () => speechSynthesis.cancel());
  }

  name(words) {
    for (const button of this.buttons) button.textContent = words;
  }

  // Pausing cancels and remembers the place, as Android's pause() can't be resumed.
  pause() {
    this.turn += 1;
    this.speaking = false;
    speechSynthesis.cancel();
    this.name('继续朗读');
  }

  stop() {
    this.pause();
    this.at = 0;
    this.mark(null);
    this.name('朗读');
    if (document.activeElement === this.stopButton) this.button.focus();
    this.stopButton.remove();
    this.button.parentElement.classList.remove('speaking');
  }

  go() {
    if (!this.sentences) this.sentences = sentencesOf(this.root);
    this.speaking = true;
    this.say('');
    this.name('暂停朗读');
    this.button.after(this.stopButton);
    this.button.parentElement.classList.add('speaking');
    this.turn += 1;
    speechSynthesis.cancel();
    this.next(this.turn);
  }

  next(turn) {
    const sentence = this.sentences[this.at];
    if (!sentence) {
      this.stop();
      return;
    }
    const spoken = new SpeechSynthesisUtterance(sentence.text);
    spoken.lang = 'zh-CN';
    const voice = speechSynthesis.getVoices().find(({lang}) => /^(zh|cmn)[-_]?(CN|Hans)?/i.test(lang));
    if (voice) spoken.voice = voice;
    spoken.onstart = () => turn === this.turn && this.mark(sentence);
    spoken.onend = () => {
      if (turn !== this.turn) return;
      this.at += 1;
      this.next(turn);
    };
    spoken.onerror = () => {
      if (turn !== this.turn) return;
      this.stop();
      this.say('这台设备没有可用的中文语音，不能朗读。');
    };
    speechSynthesis.speak(spoken);
  }

  mark(sentence) {
    if (this.block) this.block.classList.remove(MARK);
    this.block = null;
    if ('highlights' in CSS) {
      if (sentence) CSS.highlights.set(MARK, new Highlight(sentence.range));
      else CSS.highlights.delete(MARK);
    } else if (sentence) {
      this.block = sentence.block;
      this.block.classList.add(MARK);
    }
    if (sentence) {
      const {top, bottom} = sentence.range.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) sentence.block.scrollIntoView({block: 'center'});
    }
  }
}

/** Puts the 朗读 button to work; where there is no speech it is not shown. */
export function startReadAloud(say) {
  const buttons = Array.from(document.querySelectorAll('[data-tool=read]'));
  const text = document.getElementById('text');
  if (buttons.length && text && 'speechSynthesis' in window) new Reader(text, buttons, say).start();
}
