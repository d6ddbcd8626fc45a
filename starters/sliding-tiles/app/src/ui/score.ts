import { highest } from "../game/slide";
import type { Session } from "../session";
import { part, write } from "./parts";

/** Minutes and seconds: 4:07. */
export const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** Keeps score, moves, time, undo and the ladder of tiles up to date. */
export function createScore(root: HTMLElement): (session: Session) => void {
  const find = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`);
  let last = 0;
  return (session) => {
    const { game } = session;
    if (game.score > last) float(find("score"), game.score - last);
    last = game.score;
    write(find("score"), game.score.toLocaleString("en"));
    write(find("best"), session.best.toLocaleString("en"));
    write(find("moves"), String(game.moves));
    write(find("time"), clock(session.seconds));
    write(find("undo-count"), String(session.undosLeft));
    part<HTMLButtonElement>(root, "undo").disabled = !session.canUndo;
    const top = highest(game);
    for (const rung of root.querySelectorAll<HTMLElement>("[data-rung]"))
      rung.classList.toggle("made", Number(rung.dataset.rung) <= top);
  };
}

/** The points of a move, rising from the score. */
function float(score: HTMLElement | null, points: number): void {
  const text = document.createElement("span");
  text.className = "rising";
  text.setAttribute("aria-hidden", "true");
  text.textContent = `+${points}`;
  score?.parentElement?.append(text);
  setTimeout(() => text.remove(), 700);
}
