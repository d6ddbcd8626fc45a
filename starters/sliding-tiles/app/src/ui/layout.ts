import { config, labelOf, section } from "../config";
import { icons } from "./icons";

/** Text that may stand in HTML. */
export const safe = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const { words, game } = config;

/** The page around the board. Elements that change are found by `data-part`. */
export function layout(): string {
  return `
    <main class="mx-auto grid grid-cols-1 min-h-dvh w-full max-w-md content-start gap-4 px-4 pt-4 pb-[max(1rem,env(safe-area-inset-bottom))] md:max-w-xl lg:max-w-5xl lg:grid-cols-[22rem_auto] lg:content-center lg:items-center lg:justify-between lg:gap-x-16 lg:gap-y-6">
      <div class="grid grid-cols-1 gap-4 lg:gap-8">
        <header class="flex items-end justify-between gap-3 lg:flex-col lg:items-start">
          <div class="min-w-0">
            <h1 class="truncate text-3xl font-extrabold tracking-tight lg:pb-1 lg:line-clamp-3 lg:text-6xl lg:wrap-anywhere lg:whitespace-normal">${safe(config.title)}</h1>
            <p class="text-sm text-pretty text-muted lg:mt-3 lg:text-lg">${safe(config.tagline)}</p>
          </div>
          <div class="-mr-2.5 flex shrink-0 lg:mr-0 lg:-ml-2.5">
            ${tool("pause", "Pause (P)", icons.pause)}${tool("sound", "Sound (M)", icons.soundOff)}${tool("theme", "Light or dark", icons.theme)}
          </div>
        </header>
        <dl class="grid grid-flow-col auto-cols-fr gap-2 lg:grid-flow-row lg:grid-cols-2 lg:gap-3" aria-label="Score">
          ${figure("score", words.score, "bg-accent-soft")}
          ${section("best") ? figure("best", words.best) : ""}
          ${section("stats") ? figure("moves", words.moves) + figure("time", words.time) : ""}
        </dl>
      </div>
      <div class="grid grid-cols-1 gap-4 lg:col-start-2 lg:row-span-2 lg:row-start-1">
        <div data-part="frame" class="relative aspect-square w-full touch-none rounded-3xl bg-well p-[2.2%] select-none lg:w-[min(36rem,calc(100dvh-9rem))]" role="group" aria-label="${safe(words.board)}" aria-describedby="board-help" tabindex="0">
          <div data-part="cells" class="absolute inset-[2.2%]" aria-hidden="true"></div>
          <div data-part="tiles" class="isolate absolute inset-[2.2%]" aria-hidden="true"></div>
          <table data-part="table" class="sr-only"></table>
          <div data-part="overlay"></div>
        </div>
        <div class="flex gap-2">
          ${wide("undo", words.undo, icons.undo)}${wide("new", words.newGame, icons.restart)}
        </div>
      </div>
      <div class="grid grid-cols-1 gap-5 lg:self-start">${ladder()}${sizes()}${help()}</div>
      <p data-part="status" class="sr-only" role="status"></p>
    </main>`;
}

function tool(part: string, label: string, icon: string): string {
  return `<button type="button" data-part="${part}" aria-label="${label}" title="${label}" class="grid size-11 place-items-center rounded-xl text-muted transition-colors hover:bg-well hover:text-ink">${icon}</button>`;
}

function wide(part: string, label: string, icon: string): string {
  return `<button type="button" class="flex min-h-12 flex-1 items-center justify-center gap-2 rounded-2xl border border-line bg-surface px-4 font-semibold transition-colors hover:bg-well disabled:opacity-50" data-part="${part}">${icon}<span>${safe(label)}</span><span data-part="${part}-count" class="font-normal text-muted tabular-nums"></span></button>`;
}

function figure(part: string, label: string, background = "bg-surface"): string {
  return `<div class="relative min-w-0 rounded-2xl px-3.5 py-2.5 lg:px-5 lg:py-4 ${background}"><dt class="text-xs font-medium text-muted">${safe(label)}</dt><dd data-part="${part}" class="text-lg leading-tight font-bold tabular-nums lg:text-3xl"></dd></div>`;
}

/** Every tile on the way to the target; those that were made are lit. */
function ladder(): string {
  const on = section("ladder");
  if (!on) return "";
  const values = Array.from({ length: Math.log2(game.target) }, (_, i) => 2 ** (i + 1));
  const rungs = values.map(
    (value) =>
      `<li data-rung="${value}" class="rung tile-color grid h-8 place-items-center rounded-lg px-1 text-xs font-bold" style="--k:${shade(value)}">${safe(labelOf(value))}</li>`,
  );
  return `<section><h2 class="mb-2 text-sm font-semibold text-muted">${safe(on.title)}</h2><ol data-part="ladder" class="grid grid-cols-[repeat(auto-fill,minmax(3rem,1fr))] gap-1">${rungs.join("")}</ol></section>`;
}

function sizes(): string {
  const on = section("sizes");
  if (!on || game.sizes.length < 2) return "";
  const choices = game.sizes.map(
    (size) =>
      `<label class="relative flex-1"><input type="radio" name="size" value="${size}" class="peer absolute inset-0 cursor-pointer opacity-0" /><span class="grid min-h-11 place-items-center rounded-xl text-sm font-semibold text-muted peer-checked:bg-surface peer-checked:text-ink peer-checked:shadow-sm peer-focus-visible:outline-2 peer-focus-visible:outline-accent">${size} × ${size}</span></label>`,
  );
  return `<fieldset><legend class="mb-2 text-sm font-semibold text-muted">${safe(on.title)}</legend><div class="flex gap-1 rounded-2xl bg-well p-1">${choices.join("")}</div></fieldset>`;
}

function help(): string {
  const on = section("help");
  const text = `Swipe, or use the arrow keys or W A S D, to slide all tiles. Equal tiles that meet become one. Reach ${labelOf(game.target)}. U takes a move back, P pauses.`;
  return on
    ? `<section><h2 class="mb-1.5 text-sm font-semibold text-muted">${safe(on.title)}</h2><p id="board-help" class="text-sm text-pretty text-muted">${safe(text)}</p></section>`
    : `<p id="board-help" class="sr-only">${safe(text)}</p>`;
}

/** Where a tile stands between the first (0) and the target (1): its colour in styles.css follows from it. */
export function shade(value: number): string {
  return Math.min(1, (Math.log2(value) - 1) / Math.max(1, Math.log2(game.target) - 1)).toFixed(3);
}
