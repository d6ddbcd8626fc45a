/** The next number in [0, 1) and the seed after it (mulberry32). */
export function nextRandom(seed: number): { value: number; seed: number } {
  const next = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(next ^ (next >>> 15), 1 | next);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return { value: ((t ^ (t >>> 14)) >>> 0) / 4294967296, seed: next };
}

/** Draws a number from a state that carries its own seed. */
export function draw(state: { seed: number }): number {
  const { value, seed } = nextRandom(state.seed);
  state.seed = seed;
  return value;
}
