/** The size of the world; the canvas is scaled to fit the screen. */
export const WIDTH = 960;
export const HEIGHT = 600;

export interface Input {
  /** Keys that are held, as `KeyboardEvent.code`: "ArrowLeft", "Space" ... */
  keys: ReadonlySet<string>;
  /** Where the pointer is in the world. */
  pointer: { x: number; y: number; down: boolean };
}

export interface Game {
  x: number;
  y: number;
}

const SPEED = 320;

export const newGame = (): Game => ({ x: WIDTH / 2, y: HEIGHT / 2 });

/** Moves the world on by `seconds`. The same input gives the same game, so this can be tested. */
export function update(game: Game, input: Input, seconds: number): void {
  const across = Number(input.keys.has("ArrowRight")) - Number(input.keys.has("ArrowLeft"));
  const down = Number(input.keys.has("ArrowDown")) - Number(input.keys.has("ArrowUp"));
  game.x = Math.min(WIDTH, Math.max(0, game.x + across * SPEED * seconds));
  game.y = Math.min(HEIGHT, Math.max(0, game.y + down * SPEED * seconds));
  if (input.pointer.down) {
    game.x = input.pointer.x;
    game.y = input.pointer.y;
  }
}

export function draw(game: Game, context: CanvasRenderingContext2D): void {
  const colour = getComputedStyle(context.canvas).getPropertyValue("--accent");
  context.clearRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = colour;
  context.beginPath();
  context.arc(game.x, game.y, 24, 0, Math.PI * 2);
  context.fill();
}
