/** Length of one step of the game in seconds: short enough that the fastest ball cannot pass a brick. */
export const STEP = 1 / 240;
/** A frame that took longer (a tab that slept) moves the game on by no more than this. */
const LONGEST_FRAME = 0.05;

/** Calls `advance` as many times as the time that passed asks for, then `draw` once a frame. Answers how to stop. */
export function startLoop(advance: () => void, draw: (seconds: number) => void): () => void {
  let last = performance.now();
  let owed = 0;
  let frame = requestAnimationFrame(function tick(now) {
    const seconds = Math.min((now - last) / 1000, LONGEST_FRAME);
    last = now;
    owed += Math.max(0, seconds);
    while (owed >= STEP) {
      advance();
      owed -= STEP;
    }
    draw(seconds);
    frame = requestAnimationFrame(tick);
  });
  return () => cancelAnimationFrame(frame);
}
