import { config, labelOf } from "./config";
import { isGame } from "./game/saved";
import { canMove, highest, move } from "./game/slide";
import { newGame } from "./game/spawn";
import type { Direction, Game, Move } from "./game/types";
import { load, save } from "./storage";
import type { Panel } from "./ui/overlay";

const { game: rules, words } = config;

/** What is kept in the browser between visits. */
interface Saved {
  game: Game;
  undosLeft: number;
  seconds: number;
  /** The person has won and plays on. */
  beyond: boolean;
}

export interface SessionView {
  show: (panel: Panel | null) => void;
  announce: (text: string) => void;
  /** A move to be seen, or null when the board is to be shown afresh. */
  onBoard: (move: Move | null) => void;
  onFinish: (won: boolean) => void;
}

/** One person at the board: moves, takes back, pauses, and keeps game and best score in the browser. */
export class Session {
  size = rules.sizes.includes(load("tiles.size", rules.size)) ? load("tiles.size", rules.size) : rules.size;
  game!: Game;
  undosLeft = rules.undos;
  seconds = 0;
  paused = false;
  best = 0;
  private beyond = false;
  private before: Game[] = [];

  constructor(
    private readonly view: SessionView,
    private readonly seed: () => number = () => Date.now(),
  ) {
    this.open();
  }

  get canUndo(): boolean {
    return this.undosLeft > 0 && this.before.length > 0 && !this.paused;
  }

  slide(direction: Direction): void {
    if (this.paused) return;
    const result = move(this.game, direction, rules.fourChance);
    if (!result) return;
    this.before = [...this.before, this.game].slice(-rules.undos || undefined);
    this.game = result.game;
    this.best = Math.max(this.best, this.game.score);
    this.view.onBoard(result);
    const merged = result.grown.length > 0 ? ` ${result.grown.length} merged, plus ${result.gained}.` : "";
    this.view.announce(`${direction}.${merged} ${words.score} ${this.game.score}.`);
    this.keep();
    this.judge();
  }

  undo(): void {
    const previous = this.before.at(-1);
    if (!previous || !this.canUndo) return;
    this.before = this.before.slice(0, -1);
    // The same random numbers would bring up the same tile; a new seed makes taking back worth it.
    this.game = { ...previous, seed: this.game.seed };
    this.undosLeft -= 1;
    this.view.onBoard(null);
    this.view.announce(`${words.undo}. ${words.score} ${this.game.score}.`);
    this.keep();
  }

  restart(): void {
    this.game = newGame(this.size, rules.startTiles, rules.fourChance, this.seed());
    Object.assign(this, { undosLeft: rules.undos, seconds: 0, before: [], beyond: false });
    this.go(words.newGame);
    this.view.onBoard(null);
    this.keep();
  }

  resize(size: number): void {
    this.size = size;
    save("tiles.size", size);
    this.go(`${words.board} ${size} × ${size}`);
    this.open();
    this.view.onBoard(null);
    this.judge();
  }

  togglePause(): void {
    if (!this.paused) {
      this.stop({
        title: words.paused,
        text: `${words.score} ${this.game.score.toLocaleString("en")}`,
        actions: [
          { label: words.resume, run: () => this.go("") },
          { label: words.newGame, run: () => this.restart() },
        ],
      });
    } else if (this.resumable) this.go("");
  }

  /** One second of play has passed. */
  tick(): void {
    if (this.paused || this.game.moves === 0) return;
    this.seconds += 1;
    this.keep();
  }

  /** Shows how the game stands when it has ended or the target is reached. */
  judge(): void {
    const score = this.game.score.toLocaleString("en");
    if (!this.beyond && highest(this.game) >= rules.target) {
      this.beyond = true;
      this.keep();
      this.view.onFinish(true);
      this.stop({
        title: words.won,
        text: `${labelOf(rules.target)}. ${words.score} ${score}.`,
        actions: [
          { label: words.keepGoing, run: () => this.go("") },
          { label: words.newGame, run: () => this.restart() },
        ],
      });
    } else if (!canMove(this.game)) {
      this.view.onFinish(false);
      const record = this.game.score > 0 && this.game.score >= this.best;
      this.stop({
        title: words.gameOver,
        text: `${record ? words.newBest : words.score}: ${score}`,
        actions: [{ label: words.again, run: () => this.restart() }, ...this.lastChance()],
      });
    }
  }

  private resumable = false;

  private lastChance(): Panel["actions"] {
    if (this.undosLeft === 0 || this.before.length === 0) return [];
    return [{ label: words.undo, run: () => (this.go(""), this.undo()) }];
  }

  private open(): void {
    const saved = load<Saved | null>(`tiles.game.${this.size}`, null);
    this.best = load(`tiles.best.${this.size}`, 0);
    const kept = saved && isGame(saved.game, this.size) ? saved : null;
    this.game = kept?.game ?? newGame(this.size, rules.startTiles, rules.fourChance, this.seed());
    this.undosLeft = kept?.undosLeft ?? rules.undos;
    this.seconds = kept?.seconds ?? 0;
    this.beyond = kept?.beyond ?? false;
    this.before = [];
  }

  private keep(): void {
    const { game, undosLeft, seconds, beyond } = this;
    save(`tiles.game.${this.size}`, { game, undosLeft, seconds, beyond } satisfies Saved);
    save(`tiles.best.${this.size}`, this.best);
  }

  private go(text: string): void {
    this.paused = false;
    this.view.show(null);
    // Nothing to say is said, too: what was true before is not any more.
    this.view.announce(text);
  }

  private stop(panel: Panel): void {
    this.paused = true;
    this.resumable = panel.title === words.paused;
    this.view.show(panel);
    this.view.announce(`${panel.title}. ${panel.text}`);
  }
}
