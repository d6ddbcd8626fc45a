import { POWERS } from "../game/powers";
import type { GameState, PowerKind } from "../game/types";
import { write } from "./parts";

/** Shows score, level, lives and the power-ups that are on. */
export function createHud(root: HTMLElement): (state: GameState, best: number) => void {
  const find = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`);
  const [score, best, level, lives, powers] = ["score", "best", "level", "lives", "powers"].map(find);
  let shown = "";
  return (state, bestScore) => {
    write(score ?? null, state.score.toLocaleString("en"));
    write(best ?? null, Math.max(bestScore, state.score).toLocaleString("en"));
    write(level ?? null, String(state.level));
    write(lives ?? null, state.lives > 5 ? `${state.lives} ●` : "●".repeat(state.lives) || "–");
    lives?.setAttribute("aria-label", String(state.lives));
    const kinds = Object.keys(state.active) as PowerKind[];
    const now = kinds.map((kind) => `${POWERS[kind].name} ${Math.ceil(state.active[kind] ?? 0)}`).join("|");
    if (now === shown || !powers) return;
    shown = now;
    powers.replaceChildren(
      ...kinds.map((kind) => {
        const chip = document.createElement("span");
        chip.className = "rounded-full bg-surface px-2.5 py-1 tabular-nums text-ink shadow-sm";
        chip.textContent = `${POWERS[kind].name} ${Math.ceil(state.active[kind] ?? 0)} s`;
        return chip;
      }),
    );
  };
}
