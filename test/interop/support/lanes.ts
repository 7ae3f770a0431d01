/** Work on many things, a few at a time: nodes on a busy machine drop connections that come by the hundred. */

const LANES = 8;

/** Does `work` for 0 to `count` − 1; gives the results in that order. The first failure ends it. */
export async function inLanes<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(count);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return results;
}
