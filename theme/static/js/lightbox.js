// Pictures of a gallery or a text, large, one after the other.

import {element} from './search/dom.js';

const SMALLEST = 480;

class Lightbox {
  constructor(pictures) {
    this.pictures = pictures;
    this.at = 0;
    this.caption = element('p', {class: 'lightbox-caption', 'aria-live': 'polite'});
    this.count = element('span', {class: 'lightbox-count'});
    this.frames = pictures.map(({alt}) => this.frame(alt));
    this.track = element('div', {class: 'lightbox-track'}, ...this.frames);
    this.dialog = this.build();
  }

  // A click shows the picture as large as it is, to be moved about in its frame.
  frame(alt) {
    const image = element('img', {alt});
    const made = element('div', {class: 'lightbox-frame'}, image);
    image.addEventListener('click', () => made.classList.toggle('full'));
    return made;
  }

  build() {
    const button = (label, action) => {
      const made = element('button', {type: 'button'}, label);
      made.addEventListener('click', action);
      return made;
    };
    const steps = this.pictures.length > 1
      ? [button('上一张', () => this.go(this.at - 1)), button('下一张', () => this.go(this.at + 1))] : [];
    const close = button('关闭', () => dialog.close());
    close.autofocus = true;
    const dialog = element('dialog', {class: 'lightbox', 'aria-label': '看大图'},
      element('div', {class: 'lightbox-bar'}, this.count, close), this.track, this.caption,
      element('div', {class: 'lightbox-steps'}, ...steps));
    dialog.addEventListener('keydown', (event) => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (step && this.pictures.length > 1) this.go(this.at + step);
    });
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) this.show(this.frames.indexOf(entry.target));
      }
    }, {root: this.track, threshold: 0.6});
    this.frames.forEach((frame) => seen.observe(frame));
    document.body.append(dialog);
    return dialog;
  }

  // Loads a picture and the one after it, and says what is shown.
  show(place) {
    const count = this.pictures.length;
    this.at = place;
    for (const near of [place, (place + 1) % count]) {
      this.frames[near].firstChild.src = this.pictures[near].source;
    }
    this.caption.textContent = this.pictures[place].caption;
    this.count.textContent = count > 1 ? `第 ${place + 1} 张，共 ${count} 张` : '';
  }

  go(place) {
    const count = this.pictures.length;
    const target = (place + count) % count;
    this.frames.forEach((frame) => frame.classList.remove('full'));
    this.show(target);
    this.track.scrollTo({left: this.frames[target].offsetLeft, behavior: 'instant'});
  }

  open(place) {
    if (!this.dialog.open) this.dialog.showModal();
    this.go(place);
  }
}

function described(image, source) {
  const figure = image.closest('figure');
  const caption = figure && figure.querySelector('figcaption');
  const words = caption ? Array.from(caption.childNodes)
    .filter((node) => !(node.classList && node.classList.contains('count')))
    .map((node) => node.textContent).join('').trim() : '';
  return {source, alt: image.alt, caption: words || image.alt};
}

// A picture of the text becomes a button if it is larger than it may be shown.
function asButton(image) {
  const button = element('button', {type: 'button', class: 'zoom', 'aria-label': '看大图：' + image.alt});
  const shown = image.closest('picture') || image;
  shown.replaceWith(button);
  button.append(shown);
  return button;
}

/** Opens the article's pictures large when they are clicked. */
export function startLightbox() {
  const links = Array.from(document.querySelectorAll('a[data-lightbox]'));
  const images = Array.from(document.querySelectorAll('.prose figure > img, .prose figure > picture > img'))
    .filter((image) => Number(image.getAttribute('width')) >= SMALLEST);
  const pictures = [
    ...images.map((image) => described(image, image.src)),
    ...links.map((link) => described(link.querySelector('img'), link.href)),
  ];
  if (!pictures.length || !window.HTMLDialogElement) return;
  let box = null;
  [...images.map(asButton), ...links].forEach((opener, place) => {
    opener.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      box = box || new Lightbox(pictures);
      box.open(place);
    });
  });
}
