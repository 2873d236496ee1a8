// Titles that are the very question (docs/search-format.md, section 4.3).

import {BREAK, spanOf} from './folding.js';
import {dashesIn} from './language.js';
import {EXACT} from './ranking.js';

const FEW_TITLES = 10;

/** Tells of one segment which titles are the query. Loading begins at once. */
export class ExactTitles {
  /** `ranked`: results are wanted by relevance. */
  constructor(finder, query, ranked) {
    this.finder = finder;
    this.query = query;
    this.ends = this.loadEnds(ranked);
    this.typed = this.findTyped();
    for (const loading of [this.ends, this.typed]) loading.catch(() => {});
  }

  // Whether any title of the segment is as long.
  mayBeTitle(units) {
    return this.finder.segment.titleLengths.has(units.length);
  }

  // Where titles end as the query does, if it may be one; null where so few titles have its words
  // that to read them is less.
  async loadEnds(ranked) {
    const {whole, words} = this.query;
    if (!ranked || !whole.length || !this.mayBeTitle(whole)) return new Map();
    const possible = whole.length > 1 ? await this.finder.titlesWith(words) : Infinity;
    if (possible <= FEW_TITLES) return possible ? null : new Map();
    return this.finder.inTitles([[whole[whole.length - 1], 1]]);
  }

  // The documents whose title was typed, whatever the operators in it ask.
  async findTyped() {
    const {typed, dashes} = this.query;
    if (!typed.length || !this.mayBeTitle(typed)) return [];
    const documents = await this.finder.titlesLike(typed);
    const texts = await this.finder.after(
      Promise.all(documents.map((document) => this.finder.text(document))));
    return documents.filter((_, place) => {
      const {record, fields: [title]} = texts[place];
      if (title.units.join() !== typed.join()) return false;
      const known = dashesIn(record.title, title);
      return dashes.every((dash) => known.includes(dash));
    });
  }

  /**
   * Puts titles that are the query into their tier. A title of as many units and breaks as the query
   * that has all its words is the query, if there are no breaks; otherwise the title is compared.
   */
  async raise(documents, tiers) {
    const {whole} = this.query;
    const [ends, typed] = await this.finder.after(Promise.all([this.ends, this.typed]));
    const last = spanOf(whole) - 2;
    const compared = [];
    tiers.forEach((tier, at) => {
      if (typed.includes(documents[at])) tiers[at] = EXACT;
      if (tier !== 3) return;
      const position = ends ? ends.get(documents[at]) : last;
      if (position !== last) return;
      if (ends && !whole.includes(BREAK)) tiers[at] = EXACT;
      else compared.push(at);
    });
    await this.finder.after(Promise.all(compared.map(async (at) => {
      const {fields} = await this.finder.text(documents[at]);
      if (fields[0].units.join() === whole.join()) tiers[at] = EXACT;
    })));
  }
}

/** Some documents, ascending, and others among them. */
export function joined(documents, others) {
  return others.length ? Uint32Array.from(new Set([...documents, ...others])).sort() : documents;
}
