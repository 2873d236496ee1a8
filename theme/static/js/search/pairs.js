// Which pairs of a word's units are looked up in a segment, and in which order
// (docs/search-format.md, section 4.2). Offsets are positions: a unit takes two, a break one.

const IN_ANY_FIELD = 7;

// Each piece with its offset in the word.
function placed(pieces) {
  let next = 0;
  return pieces.map((piece) => {
    const offset = next;
    next += 2 * piece.length + 1;
    return {piece, offset};
  });
}

// The pair of a piece that begins with its unit number `at`.
function pairAt({piece, offset}, at) {
  return {term: [piece[at], piece[at + 1]], offset: offset + 2 * at};
}

/** Pairs of units that cover pieces, with their offset in the word: every other one, and the last. */
export function coverOf(pieces) {
  return allPairsOf(pieces, (at, last) => at === last || at % 2 === 0);
}

// The pairs of neighbours in pieces, or those chosen by their number and that of the last.
function allPairsOf(pieces, chosen = () => true) {
  return placed(pieces).flatMap((one) => {
    const last = one.piece.length - 2;
    const numbers = Array.from({length: last + 1}, (_, at) => at);
    return numbers.filter((at) => chosen(at, last)).map((at) => pairAt(one, at));
  });
}

// The units of pieces of one, which have no pair.
function singlesOf(pieces) {
  return placed(pieces).filter(({piece}) => piece.length === 1)
    .map(({piece: [unit], offset}) => ({term: [unit, 0], offset}));
}

// Of pairs in some order those that have a unit that none before them has.
function covering(ordered) {
  const covered = new Set();
  return ordered.filter(({term: [, second], offset}) => {
    const before = covered.size;
    covered.add(offset);
    if (second) covered.add(offset + 2);
    return covered.size > before;
  });
}

// How many documents of the sample have each of some pairs.
function countsIn(sample, pairs) {
  return Promise.all(pairs.map(async ({term}) => {
    const lists = await sample.term(term);
    return lists ? lists.count(IN_ANY_FIELD) : 0;
  }));
}

/**
 * Pairs in batches to look up one after another, those that should be rarest first: often nothing more
 * is needed. In small segments the first rarely leaves more than one document.
 */
export async function batchesOf(pairs, segment, index, counts = null) {
  const tokens = await index.loadTokens();
  const ordered = pairs.map((pair, place) => (
    {pair, count: counts ? counts[place] : 0, rarity: tokens.rarity(pair.term)}))
    .sort((one, other) => one.count - other.count || other.rarity - one.rarity);
  const chosen = covering(ordered.map(({pair}) => pair));
  const first = segment.small ? 1 : 2;
  return [chosen.slice(0, first), chosen.slice(first, first + 2), chosen.slice(first + 2)];
}

/**
 * The batches of a word. Where lists are long, the rarest of all its pairs are worth finding: how rare
 * they are is counted in a segment that is much smaller.
 */
export async function batchesOfWord(pieces, segment, index) {
  const singles = singlesOf(pieces);
  const {sample} = index;
  if (!segment.large || !sample) return batchesOf([...coverOf(pieces), ...singles], segment, index);
  const pairs = [...allPairsOf(pieces), ...singles];
  return batchesOf(pairs, segment, index, await countsIn(sample, pairs));
}
