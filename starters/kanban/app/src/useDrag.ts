import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from "react";

export interface Drop {
  id: string;
  column: string;
  index: number;
}

interface Held {
  id: string;
  card: HTMLElement;
  ghost: HTMLElement | null;
  x: number;
  y: number;
  offsetX: number;
  offsetY: number;
  /** Where the pointer is now. */
  atX: number;
  atY: number;
  timer: number;
}

const MOUSE_SLOP = 5;
const TOUCH_SLOP = 10;
const TOUCH_HOLD_MS = 260;
/** This close to an edge, in pixels, the board scrolls along, so far in a frame. */
const EDGE = 48;
const SCROLL_STEP = 9;

/**
 * Dragging cards by mouse, pen and finger (hold, then drag). Cards carry `data-card`, columns `data-column`,
 * and what scrolls sideways `data-board`.
 * `drop` is where the card would land now; `onDrop` is called when it lands.
 */
export function useDrag(onDrop: (drop: Drop) => void) {
  const [drop, setDrop] = useState<Drop | null>(null);
  const held = useRef<Held | null>(null);
  const landing = useRef<Drop | null>(null);
  const finish = useRef(onDrop);
  useEffect(() => {
    finish.current = onDrop;
  });

  useEffect(() => {
    const lift = (hold: Held) => {
      const box = hold.card.getBoundingClientRect();
      const ghost = hold.card.cloneNode(true) as HTMLElement;
      ghost.removeAttribute("data-card");
      ghost.setAttribute("aria-hidden", "true");
      Object.assign(ghost.style, {
        position: "fixed", left: "0", top: "0", width: `${box.width}px`, zIndex: "60", pointerEvents: "none",
        boxShadow: "var(--shadow-float)", margin: "0",
      });
      document.body.append(ghost);
      document.body.style.userSelect = "none";
      hold.offsetX = hold.x - box.left;
      hold.offsetY = hold.y - box.top;
      hold.ghost = ghost;
      const board = hold.card.closest<HTMLElement>("[data-board]");
      if (board) board.style.scrollSnapType = "none";
      requestAnimationFrame(() => scrollAlong(hold, board));
    };
    const scrollAlong = (hold: Held, board: HTMLElement | null) => {
      if (held.current !== hold) {
        if (board) board.style.scrollSnapType = "";
        return;
      }
      const sideways = push(hold.atX, window.innerWidth);
      const downwards = push(hold.atY, window.innerHeight);
      if (sideways !== 0) board?.scrollBy(sideways, 0);
      if (downwards !== 0) window.scrollBy(0, downwards);
      if (sideways !== 0 || downwards !== 0) follow(hold, hold.atX, hold.atY);
      requestAnimationFrame(() => scrollAlong(hold, board));
    };
    const follow = (hold: Held, x: number, y: number) => {
      hold.atX = x;
      hold.atY = y;
      if (hold.ghost) hold.ghost.style.transform = `translate(${x - hold.offsetX}px, ${y - hold.offsetY}px) rotate(2deg)`;
      const column = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-column]");
      const cards = [...(column?.querySelectorAll<HTMLElement>("[data-card]") ?? [])].filter((c) => c.dataset.card !== hold.id);
      const below = cards.findIndex((c) => {
        const box = c.getBoundingClientRect();
        return y < box.top + box.height / 2;
      });
      const next = column?.dataset.column
        ? { id: hold.id, column: column.dataset.column, index: below < 0 ? cards.length : below }
        : null;
      const same = next?.column === landing.current?.column && next?.index === landing.current?.index;
      landing.current = next;
      if (!same) setDrop(next);
    };
    const release = () => {
      const hold = held.current;
      if (!hold) return;
      clearTimeout(hold.timer);
      hold.ghost?.remove();
      document.body.style.userSelect = "";
      held.current = null;
      landing.current = null;
      setDrop(null);
    };
    const onMove = (event: PointerEvent) => {
      const hold = held.current;
      if (!hold) return;
      const far = Math.hypot(event.clientX - hold.x, event.clientY - hold.y);
      if (!hold.ghost) {
        // A finger that moves before the hold is over is scrolling.
        if (event.pointerType === "touch") {
          if (far > TOUCH_SLOP) release();
          return;
        }
        if (far < MOUSE_SLOP) return;
        lift(hold);
      }
      follow(hold, event.clientX, event.clientY);
    };
    const onUp = () => {
      const lifted = held.current?.ghost;
      const target = landing.current;
      release();
      if (!lifted) return;
      // The click that ends a drag must not open the card.
      const swallow = (event: MouseEvent) => {
        event.stopPropagation();
        event.preventDefault();
      };
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      if (target) finish.current(target);
    };
    const onTouchMove = (event: TouchEvent) => {
      if (held.current?.ghost) event.preventDefault();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") release();
    };
    const onHeld = (event: Event) => {
      const hold = held.current;
      if (!hold || hold.ghost) return;
      lift(hold);
      follow(hold, hold.x, hold.y);
      event.preventDefault();
    };

    window.addEventListener("pointermove", onMove);
    window.addEventListener("pointerup", onUp);
    window.addEventListener("pointercancel", release);
    window.addEventListener("touchmove", onTouchMove, { passive: false });
    window.addEventListener("keydown", onKey);
    window.addEventListener("card-held", onHeld);
    return () => {
      release();
      window.removeEventListener("pointermove", onMove);
      window.removeEventListener("pointerup", onUp);
      window.removeEventListener("pointercancel", release);
      window.removeEventListener("touchmove", onTouchMove);
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("card-held", onHeld);
    };
  }, []);

  const grab = (event: ReactPointerEvent<HTMLElement>, id: string) => {
    if (event.button !== 0) return;
    const timer =
      event.pointerType === "touch"
        ? window.setTimeout(() => window.dispatchEvent(new Event("card-held")), TOUCH_HOLD_MS)
        : 0;
    held.current = {
      id, card: event.currentTarget, ghost: null, x: event.clientX, y: event.clientY, offsetX: 0, offsetY: 0,
      atX: event.clientX, atY: event.clientY, timer,
    };
  };

  return { drop, grab };
}

/** How far to scroll when the pointer is near the start or the end of a length. */
const push = (at: number, length: number): number => (at < EDGE ? -SCROLL_STEP : at > length - EDGE ? SCROLL_STEP : 0);
