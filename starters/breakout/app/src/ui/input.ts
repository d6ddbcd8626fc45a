import { FIELD, type Input } from "../game/types";

const LEFT = ["ArrowLeft", "a", "A"];
const RIGHT = ["ArrowRight", "d", "D"];

/** Turns keys, mouse and touch into what the game understands. `read` empties the launch it has seen. */
export function createInput(
  canvas: HTMLElement,
  pad: HTMLElement,
  signal: AbortSignal,
): { read: () => Input; reset: () => void } {
  const held = new Set<string>();
  let target: number | null = null;
  let launch = false;

  const point = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    if (box.width > 0) target = ((event.clientX - box.left) / box.width) * FIELD.width;
  };
  for (const surface of [canvas, pad]) {
    surface.addEventListener("pointermove", point);
    surface.addEventListener("pointerdown", (event) => {
      surface.setPointerCapture?.(event.pointerId);
      point(event);
      // On the pad the finger rests to steer; lifting it is not a launch, touching it is.
      launch = true;
    });
  }
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.target instanceof HTMLButtonElement && event.key === " ") return;
      if (LEFT.includes(event.key) || RIGHT.includes(event.key)) {
        held.add(event.key);
        target = null;
        event.preventDefault();
      }
      if (event.key === " ") {
        launch = true;
        event.preventDefault();
      }
    },
    { signal },
  );
  window.addEventListener("keyup", (event) => held.delete(event.key), { signal });

  return {
    read() {
      const steer = Number(RIGHT.some((key) => held.has(key))) - Number(LEFT.some((key) => held.has(key)));
      const input = { target, steer, launch };
      launch = false;
      return input;
    },
    reset() {
      held.clear();
      launch = false;
    },
  };
}
