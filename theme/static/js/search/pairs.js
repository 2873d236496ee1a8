// Which pairs of a word's units are looked up in a segment, and in which order
// (docs/search-format.md, section 4.2). Offsets are positions: a unit takes two, a break one.

const IN_ANY_FIELD = 7;

/** Pairs of units that cover pieces, with their offset in the word: every other one, and the last. */
export function coverOf(pieces) {
  const pairs = [];
  let offset = 0;
  for (const piece of pieces) {
    const last = piece.length - 2;
    for (let at = 0; at <= last; at += at === last - 1 ? 1 : 2) {
      pairs.push({term: [piece[at], piece[at + 1]], offset: offset + 2 * at});
    }
    offset += 2 * piece.length + 1;
  }
  return pairs;
}

function allPairsOf(pieces) {
  const pairs = [];
  let offset = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length - 1; at += 1) {
      pairs.push({term: [piece[at], piece[at + 1]], offset: offset + 2 * at});
    }
    offset += 2 * piece.length + 1;
  }
  return pairs;
}

// The units of pieces of one, which have no pair.
function singlesOf(pieces) {
  const singles = [];
  let offset = 0;
  for (const piece of pieces) {
    if (piece.length === 1) singles.push({term: [piece[0], 0], offset});
    offset += 2 * piece.length + 1;
  }
  return singles;
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
