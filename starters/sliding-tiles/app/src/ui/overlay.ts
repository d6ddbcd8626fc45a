import { safe } from "./layout";

export interface Panel {
  title: string;
  text: string;
  /** The first is the main one and gets the focus. */
  actions: { label: string; run: () => void }[];
}

const MAIN = "bg-accent text-on-accent hover:brightness-110";
const OTHER = "border border-line bg-surface text-ink hover:bg-raised";

/** Shows a panel over the field, or takes it away with null. */
export function createOverlay(host: HTMLElement): (panel: Panel | null) => void {
  return (panel) => {
    if (!panel) {
      host.replaceChildren();
      return;
    }
    host.innerHTML = `
      <div role="dialog" aria-labelledby="panel-title" class="absolute inset-0 grid place-items-center bg-veil p-6 text-center backdrop-blur-[3px]">
        <div class="max-w-72 appear">
          <h2 id="panel-title" class="text-3xl font-extrabold tracking-tight text-balance">${safe(panel.title)}</h2>
          <p class="mt-2 text-pretty text-muted">${safe(panel.text)}</p>
          <div class="mt-6 flex flex-col gap-2.5">
            ${panel.actions.map((action, i) => `<button type="button" data-action="${i}" class="min-h-12 min-w-48 rounded-xl px-6 font-semibold transition ${i ? OTHER : MAIN}">${safe(action.label)}</button>`).join("")}
          </div>
        </div>
      </div>`;
    panel.actions.forEach((action, i) => host.querySelector(`[data-action="${i}"]`)?.addEventListener("click", action.run));
    host.querySelector<HTMLButtonElement>("button")?.focus({ preventScroll: true });
  };
}
