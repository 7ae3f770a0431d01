/**
 * Sorting as Go's `sort.Slice` does: pattern-defeating quicksort (O. Peters, arXiv:2106.05123) with Go's choice of pivots and
 * limits. It is not stable, and where equals end up can reach state: which of two equal validators is the last within a
 * cap, or gets a remainder. State-breaking.
 */

/** Up to this length parts are sorted by insertion, which is stable. */
const INSERTION_LIMIT = 12;
/** From this length on the pivot is a median of medians, and short repairs are worth trying. */
const LONG = 50;
/** Neighbours out of order that a repair puts right before it gives up. */
const REPAIRS = 5;
/** Exchanges of a median of medians over a list that falls everywhere. */
const ALL_EXCHANGES = 12;

type Trend = "rising" | "falling" | "unknown";

/** The acts of the sort on one list. */
function createSorter<T>(list: T[], before: (a: T, b: T) => boolean) {
  const less = (i: number, j: number): boolean => before(list[i]!, list[j]!);
  const swap = (i: number, j: number): void => {
    const kept = list[i]!;
    list[i] = list[j]!;
    list[j] = kept;
  };

  /** Lets the entry at `at` fall towards `floor` as long as it comes before its neighbour. */
  function sink(at: number, floor: number): void {
    for (let i = at; i > floor && less(i, i - 1); i--) swap(i, i - 1);
  }

  function insertionSort(from: number, to: number): void {
    for (let i = from + 1; i < to; i++) sink(i, from);
  }

  function siftDown(from: number, root: number, size: number): void {
    for (let parent = root; ; ) {
      let child = 2 * parent + 1;
      if (child >= size) return;
      if (child + 1 < size && less(from + child, from + child + 1)) child++;
      if (!less(from + parent, from + child)) return;
      swap(from + parent, from + child);
      parent = child;
    }
  }

  function heapSort(from: number, to: number): void {
    const size = to - from;
    for (let root = (size - 1) >> 1; root >= 0; root--) siftDown(from, root, size);
    for (let last = size - 1; last >= 0; last--) {
      swap(from, from + last);
      siftDown(from, 0, last);
    }
  }

  /** Index of the median of three; `count` is told of each exchange that ordering them takes. */
  function median(a: number, b: number, c: number, count: () => void): number {
    let [low, middle, high] = [a, b, c];
    const order = (x: number, y: number): [number, number] => {
      if (!less(y, x)) return [x, y];
      count();
      return [y, x];
    };
    [low, middle] = order(low, middle);
    [middle, high] = order(middle, high);
    [low, middle] = order(low, middle);
    return middle;
  }

  function choosePivot(from: number, to: number): { pivot: number; trend: Trend } {
    const length = to - from;
    const quarter = length >> 2;
    let exchanges = 0;
    const count = (): void => {
      exchanges++;
    };
    const around = (i: number): number => (length >= LONG ? median(i - 1, i, i + 1, count) : i);
    const low = around(from + quarter);
    const middle = around(from + 2 * quarter);
    const high = around(from + 3 * quarter);
    const pivot = median(low, middle, high, count);
    const trend = exchanges === 0 ? "rising" : exchanges === ALL_EXCHANGES ? "falling" : "unknown";
    return { pivot, trend };
  }

  function reverse(from: number, to: number): void {
    for (let i = from, j = to - 1; i < j; i++, j--) swap(i, j);
  }

  /** Puts a nearly sorted part right; says whether it is sorted now. */
  function repair(from: number, to: number): boolean {
    let i = from + 1;
    for (let done = 0; done < REPAIRS; done++) {
      while (i < to && !less(i, i - 1)) i++;
      if (i === to) return true;
      if (to - from < LONG) return false;
      swap(i, i - 1);
      // The smaller one may fall below the part that is being sorted; what lies there is never greater.
      if (i - from >= 2) sink(i - 1, 0);
      if (to - i >= 2) for (let j = i + 1; j < to && less(j, j - 1); j++) swap(j, j - 1);
    }
    return false;
  }

  /** Exchanges three entries in the middle with ones that depend on the length alone. */
  function breakPatterns(from: number, to: number): void {
    const length = to - from;
    if (length < 8) return;
    let random = BigInt(length);
    const mask = 2 ** (32 - Math.clz32(length)) - 1;
    const middle = from + (length >> 2) * 2;
    for (let at = middle - 1; at <= middle + 1; at++) {
      random = BigInt.asUintN(64, random ^ (random << 13n));
      random ^= random >> 7n;
      random = BigInt.asUintN(64, random ^ (random << 17n));
      let other = Number(random & BigInt(mask));
      if (other >= length) other -= length;
      swap(at, from + other);
    }
  }

  /** Moves what comes before the pivot to its left; says where the pivot is and whether all was so already. */
  function partition(from: number, to: number, pivot: number): { middle: number; already: boolean } {
    swap(from, pivot);
    let i = from + 1;
    let j = to - 1;
    for (let already = true; ; already = false) {
      while (i <= j && less(i, from)) i++;
      while (i <= j && !less(j, from)) j--;
      if (i > j) {
        swap(j, from);
        return { middle: j, already };
      }
      swap(i++, j--);
    }
  }

  /** Moves what equals the pivot, the least of the part, to its beginning; returns the end of it. */
  function partitionEqual(from: number, to: number, pivot: number): number {
    swap(from, pivot);
    let i = from + 1;
    let j = to - 1;
    for (;;) {
      while (i <= j && !less(from, i)) i++;
      while (i <= j && less(from, j)) j--;
      if (i > j) return i;
      swap(i++, j--);
    }
  }

  /** @param patience bad pivots until the heap takes over */
  function sort(start: number, end: number, patience: number): void {
    let [from, to, left] = [start, end, patience];
    let balanced = true;
    let partitioned = true;
    for (;;) {
      const length = to - from;
      if (length <= INSERTION_LIMIT || left === 0) {
        (length <= INSERTION_LIMIT ? insertionSort : heapSort)(from, to);
        return;
      }
      if (!balanced) {
        breakPatterns(from, to);
        left--;
      }
      const chosen = choosePivot(from, to);
      let { pivot } = chosen;
      if (chosen.trend === "falling") {
        reverse(from, to);
        pivot = to - 1 - (pivot - from);
      }
      if (balanced && partitioned && chosen.trend !== "unknown" && repair(from, to)) return;
      // Nothing in this part is less than the entry before it: if the pivot is not greater, it is the least.
      if (from > 0 && !less(from - 1, pivot)) {
        from = partitionEqual(from, to, pivot);
        continue;
      }
      const { middle, already } = partition(from, to, pivot);
      partitioned = already;
      const [lower, upper] = [middle - from, to - middle];
      balanced = Math.min(lower, upper) >= length >> 3;
      if (lower < upper) {
        sort(from, middle, left);
        from = middle + 1;
      } else {
        sort(middle + 1, to, left);
        to = middle;
      }
    }
  }
  return sort;
}

/** A sorted copy, equals standing where Go's `sort.Slice` leaves them. `before` must be a strict weak order. */
export function sortAsGo<T>(list: readonly T[], before: (a: T, b: T) => boolean): T[] {
  const copy = [...list];
  createSorter(copy, before)(0, copy.length, 32 - Math.clz32(copy.length));
  return copy;
}
