import { draw, HEIGHT, newGame, update, WIDTH } from "./game";
import "./styles.css";

const STEP = 1 / 120;

function run(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
  const game = newGame();
  const keys = new Set<string>();
  const pointer = { x: WIDTH / 2, y: HEIGHT / 2, down: false };

  const ratio = Math.min(2, window.devicePixelRatio || 1);
  canvas.width = WIDTH * ratio;
  canvas.height = HEIGHT * ratio;
  canvas.style.aspectRatio = `${WIDTH} / ${HEIGHT}`;
  context.scale(ratio, ratio);

  window.addEventListener("keydown", (event) => {
    if (event.code.startsWith("Arrow") || event.code === "Space") event.preventDefault();
    keys.add(event.code);
  });
  window.addEventListener("keyup", (event) => keys.delete(event.code));
  window.addEventListener("blur", () => keys.clear());
  const point = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    pointer.x = ((event.clientX - box.left) / box.width) * WIDTH;
    pointer.y = ((event.clientY - box.top) / box.height) * HEIGHT;
    pointer.down = event.buttons > 0;
  };
  for (const name of ["pointerdown", "pointermove", "pointerup"] as const) canvas.addEventListener(name, point);

  let before = performance.now();
  let waiting = 0;
  const frame = (now: number) => {
    // Fixed steps: the game is the same on every screen. A tab that slept goes on where it was.
    waiting += Math.min(0.1, (now - before) / 1000);
    before = now;
    for (; waiting >= STEP; waiting -= STEP) update(game, { keys, pointer }, STEP);
    draw(game, context);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

const canvas = document.querySelector<HTMLCanvasElement>("#game");
const context = canvas?.getContext("2d");
if (canvas && context) run(canvas, context);
