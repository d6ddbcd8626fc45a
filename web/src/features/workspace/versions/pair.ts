/** Two versions; 0 is what was before the first: nothing. */
export interface Pair {
  from: number
  to: number
}
