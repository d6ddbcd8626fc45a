import type { Direction } from "../game/types";

const KEYS: Record<string, Direction> = {
  ArrowLeft: "left",
  a: "left",
  A: "left",
  ArrowRight: "right",
  d: "right",
  D: "right",
  ArrowUp: "up",
  w: "up",
  W: "up",
  ArrowDown: "down",
  s: "down",
  S: "down",
};

/** Pixels that a finger must travel before it is a swipe. */
const SWIPE = 22;

/** Calls `slide` for arrow keys, W A S D and swipes on the board. */
export function listen(frame: HTMLElement, slide: (direction: Direction) => void, signal: AbortSignal): void {
  window.addEventListener(
    "keydown",
    (event) => {
      const direction = KEYS[event.key];
      // Arrow keys belong to the size choice while it has the focus.
      const busy = event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey;
      if (!direction || busy) return;
      event.preventDefault();
      slide(direction);
    },
    { signal },
  );

  let from: { x: number; y: number } | null = null;
  frame.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, y: event.clientY };
  });
  frame.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.max(Math.abs(x), Math.abs(y)) < SWIPE) return;
    from = null;
    slide(Math.abs(x) > Math.abs(y) ? (x < 0 ? "left" : "right") : y < 0 ? "up" : "down");
  });
  const end = () => {
    from = null;
  };
  window.addEventListener("pointerup", end, { signal });
  window.addEventListener("pointercancel", end, { signal });
}
