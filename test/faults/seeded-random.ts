/** Random choices that a seed repeats. What a machine does with its time is not repeated by it. */
export interface SeededRandom {
  /** From 0 up to, but not including, 1. */
  next(): number;
  /** From `least` up to, but not including, `below`. */
  integer(least: number, below: number): number;
  isTrue(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item | undefined;
}

/** mulberry32: 32 bits of state are enough to choose faults. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, below: number) => least + Math.floor(next() * (below - least));
  return {
    next,
    integer,
    isTrue: (probability) => next() < probability,
    pick: <Item>(items: readonly Item[]) => items[integer(0, items.length)] as Item,
  };
}
