import { config, section } from "../config";
import { POWERS } from "../game/powers";
import { icons } from "./icons";

/** Text that may stand in HTML. */
export const safe = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/** The page around the playing field. Elements that change are found by `data-part`. */
export function layout(): string {
  return `
    <main class="mx-auto grid min-h-dvh max-w-7xl grid-cols-1 grid-rows-[auto_auto_auto_1fr] gap-3 px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] lg:grid-rows-[auto_auto_1fr] lg:gap-x-10 lg:gap-y-6 lg:py-6">
      <header class="flex items-center justify-between gap-3 lg:col-start-1 lg:row-start-1 lg:flex-col lg:items-start">
        <div class="min-w-0">
          <h1 class="truncate text-xl font-extrabold tracking-tight lg:line-clamp-4 lg:text-4xl lg:wrap-anywhere lg:whitespace-normal">${safe(config.title)}</h1>
          <p class="hidden text-muted lg:mt-2 lg:block">${safe(config.tagline)}</p>
        </div>
        <div class="flex gap-1 lg:-ml-2.5">${tools()}</div>
      </header>
      <dl class="flex items-center justify-between gap-2 rounded-2xl border border-line bg-surface px-4 py-2.5 lg:col-start-1 lg:row-start-2 lg:grid lg:grid-cols-2 lg:gap-x-6 lg:gap-y-5 lg:self-start lg:p-6" aria-label="Score">
        ${figure("score", config.words.score, "lg:col-span-2 lg:[&_dd]:text-5xl")}
        ${section("best") ? figure("best", config.words.best) : ""}
        ${figure("level", config.words.level)}
        ${figure("lives", config.words.lives)}
      </dl>
      <div class="relative w-full justify-self-center overflow-hidden rounded-2xl border border-line shadow-field lg:col-start-2 lg:row-span-3 lg:row-start-1 lg:w-[min(44rem,calc((100dvh-3.2rem)*5/6))] lg:self-center">
        <canvas data-part="canvas" class="block aspect-5/6 w-full touch-none" role="img" aria-label="Playing field" tabindex="0"></canvas>
        <div data-part="powers" class="pointer-events-none absolute inset-x-0 top-3 flex justify-center gap-2 text-xs font-semibold"></div>
        <p data-part="hint" class="pointer-events-none absolute inset-x-0 bottom-1/4 text-center text-sm font-medium text-muted" hidden>${safe(config.words.launchHint)}</p>
        <div data-part="overlay"></div>
      </div>
      <div data-part="pad" class="grid min-h-20 touch-none place-items-center rounded-2xl border border-dashed border-line text-sm text-muted select-none lg:hidden">${safe(config.words.steerHint)}</div>
      <aside class="hidden flex-col gap-8 lg:col-start-3 lg:row-span-3 lg:row-start-1 lg:flex lg:self-center" aria-label="How to play">${powerUps()}${controls()}</aside>
      <p data-part="status" class="sr-only" role="status"></p>
    </main>`;
}

function tools(): string {
  const tool = (part: string, label: string, icon: string) =>
    `<button type="button" data-part="${part}" aria-label="${label}" title="${label}" class="grid size-11 place-items-center rounded-xl text-muted transition-colors hover:bg-raised hover:text-ink">${icon}</button>`;
  return (
    tool("pause", "Pause (P)", icons.pause) +
    tool("sound", "Sound (M)", icons.soundOff) +
    tool("theme", "Light or dark", icons.theme)
  );
}

function figure(part: string, label: string, classes = ""): string {
  return `<div class="min-w-0 ${classes}"><dt class="text-xs font-medium text-muted">${safe(label)}</dt><dd data-part="${part}" class="text-lg leading-tight font-bold tabular-nums lg:text-2xl"></dd></div>`;
}

function powerUps(): string {
  const on = section("power-ups");
  if (!on || config.game.powerUps.length === 0) return "";
  const rows = config.game.powerUps.map((kind) => {
    const { name, about, mark } = POWERS[kind];
    return `<li class="flex items-center gap-3"><span aria-hidden="true" class="grid h-6 w-10 shrink-0 place-items-center rounded-full bg-accent text-sm font-extrabold text-on-accent">${mark}</span><span><b class="font-semibold">${name}</b> <span class="text-muted">${about}</span></span></li>`;
  });
  return `<section><h2 class="mb-3 text-sm font-semibold text-muted">${safe(on.title)}</h2><ul class="space-y-2.5 text-sm">${rows.join("")}</ul></section>`;
}

function controls(): string {
  const on = section("controls");
  if (!on) return "";
  const rows = [
    ["Move", "Mouse, ← →, A D"],
    ["Launch", "Click or Space"],
    ["Pause", "P or Esc"],
    ["Sound", "M"],
  ].map(
    ([what, how]) =>
      `<div class="flex justify-between gap-4"><dt class="text-muted">${what}</dt><dd class="font-medium">${how}</dd></div>`,
  );
  return `<section><h2 class="mb-3 text-sm font-semibold text-muted">${safe(on.title)}</h2><dl class="space-y-2 text-sm">${rows.join("")}</dl></section>`;
}
