// The pictures of the home page, one at a time. Without script they are a row to scroll.

const STAY = 6000;

class Carousel {
  constructor(section) {
    this.section = section;
    this.track = section.querySelector('.track');
    this.slides = Array.from(this.track.children);
    this.dots = Array.from(section.querySelectorAll('.dots button'));
    this.at = 0;
    this.timer = 0;
    this.playing = false;
    this.held = false;
  }

  start() {
    this.dots.forEach((dot, place) => dot.addEventListener('click', () => this.choose(place)));
    this.section.querySelector('.slide-pause').addEventListener('click', () => this.play(!this.playing));
    this.section.addEventListener('keydown', (event) => this.key(event));
    for (const [name, held] of [['pointerenter', true], ['pointerleave', false],
      ['focusin', true], ['focusout', false]]) {
      this.section.addEventListener(name, () => { this.held = held; });
    }
    this.track.addEventListener('pointerdown', () => this.play(false));
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) this.mark(this.slides.indexOf(entry.target));
      }
    }, {root: this.track, threshold: 0.6});
    this.slides.forEach((slide) => seen.observe(slide));
    this.load(0);
    for (const name of ['pointerenter', 'pointerdown', 'focusin']) {
      this.section.addEventListener(name, () => this.loadAll(), {once: true});
    }
    const {motion, elder} = document.documentElement.dataset;
    this.play(!motion && !elder && !matchMedia('(prefers-reduced-motion: reduce)').matches);
  }

  // A picture that nobody has come to is not loaded, though its slide is next to the screen.
  load(place) {
    this.slides[place % this.slides.length].classList.add('near');
  }

  loadAll() {
    this.slides.forEach((slide) => slide.classList.add('near'));
  }

  mark(place) {
    this.at = place;
    this.load(place);
    this.dots.forEach((dot, other) => {
      if (other === place) dot.setAttribute('aria-current', 'true');
      else dot.removeAttribute('aria-current');
    });
  }

  show(place) {
    const count = this.slides.length;
    const slide = this.slides[(place + count) % count];
    this.load(place + count);
    this.track.scrollTo({left: slide.offsetLeft - this.slides[0].offsetLeft});
  }

  choose(place) {
    this.play(false);
    this.show(place);
  }

  play(on) {
    clearInterval(this.timer);
    this.playing = on;
    this.section.classList.toggle('playing', on);
    if (on) {
      this.timer = setInterval(() => this.advance(), STAY);
    }
  }

  // The next slide comes when its picture has: never an empty frame.
  advance() {
    if (this.held || document.hidden) return;
    const next = this.slides[(this.at + 1) % this.slides.length];
    next.classList.add('near');
    const image = next.querySelector('img');
    if (image && !image.complete) return;
    this.show(this.at + 1);
  }

  key(event) {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const count = this.slides.length;
    const place = (this.at + step + count) % count;
    const places = this.dots.includes(document.activeElement)
      ? this.dots : this.slides.map((slide) => slide.querySelector('a'));
    this.choose(place);
    this.mark(place);
    places[place].focus({preventScroll: true});
  }
}

/** Makes the row of pictures a carousel, if there is one with more than one picture. */
export function startCarousel() {
  const section = document.getElementById('slides');
  if (section && section.querySelector('.slide-pause')) new Carousel(section).start();
}
