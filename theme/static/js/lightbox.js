// Pictures of a gallery or a text, large, one after the other.

import {element} from './search/dom.js';

const SMALLEST = 480;

class Lightbox {
  constructor(pictures) {
    this.pictures = pictures;
    this.at = 0;
    this.picture = element('img', {alt: ''});
    this.caption = element('p', {class: 'lightbox-caption', 'aria-live': 'polite'});
    this.count = element('span', {class: 'lightbox-count'});
    this.dialog = this.build();
  }

  build() {
    const button = (label, action) => {
      const made = element('button', {type: 'button'}, label);
      made.addEventListener('click', action);
      return made;
    };
    const steps = this.pictures.length > 1
      ? [button('上一张', () => this.show(this.at - 1)), button('下一张', () => this.show(this.at + 1))] : [];
    const dialog = element('dialog', {class: 'lightbox', 'aria-label': '看大图'},
      element('div', {class: 'lightbox-bar'}, this.count,
        element('span', null, ...steps, button('关闭', () => dialog.close()))),
      this.picture, this.caption);
    dialog.addEventListener('keydown', (event) => {
      const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
      if (step && this.pictures.length > 1) this.show(this.at + step);
    });
    document.body.append(dialog);
    return dialog;
  }

  show(place) {
    const count = this.pictures.length;
    this.at = (place + count) % count;
    const {source, alt, caption} = this.pictures[this.at];
    this.picture.src = source;
    this.picture.alt = alt;
    this.caption.textContent = caption;
    this.count.textContent = count > 1 ? `第 ${this.at + 1} 张，共 ${count} 张` : '';
  }

  open(place) {
    this.show(place);
    if (!this.dialog.open) this.dialog.showModal();
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
  image.replaceWith(button);
  button.append(image);
  return button;
}

/** Opens the article's pictures large when they are clicked. */
export function startLightbox() {
  const links = Array.from(document.querySelectorAll('a[data-lightbox]'));
  const images = Array.from(document.querySelectorAll('.prose figure > img'))
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
