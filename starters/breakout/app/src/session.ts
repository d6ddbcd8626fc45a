import { config } from "./config";
import { POWERS } from "./game/powers";
import { beginLevel, newGame } from "./game/state";
import { step } from "./game/step";
import type { GameEvent, GameState, Input } from "./game/types";
import { STEP } from "./loop";
import { load, save } from "./storage";
import type { Panel } from "./ui/overlay";

const BEST = "breakout.best";
const { words, game: rules } = config;

export interface SessionView {
  show: (panel: Panel | null) => void;
  announce: (text: string) => void;
  onEvent: (event: GameEvent) => void;
}

/** One person at the game: starts it, pauses it, moves between levels and keeps the best score. */
export class Session {
  state: GameState;
  best = load<number>(BEST, 0);
  /** The clock stands still while a panel is shown. */
  paused = true;

  constructor(
    private readonly view: SessionView,
    private readonly seed: () => number = () => Date.now(),
  ) {
    this.state = newGame(rules, this.seed());
  }

  welcome(): void {
    this.stop({ title: config.title, text: config.tagline, actions: [{ label: words.start, run: () => this.start() }] });
  }

  start(): void {
    this.state = newGame(rules, this.seed());
    this.go(`${words.level} 1. ${words.launchHint}`);
  }

  /** Pauses a running game, or goes on with a paused one. */
  togglePause(): void {
    const running = this.state.phase === "playing" || this.state.phase === "ready";
    if (!this.paused && running) {
      this.stop({
        title: words.paused,
        text: `${words.level} ${this.state.level}. ${words.score} ${this.state.score.toLocaleString("en")}.`,
        actions: [
          { label: words.resume, run: () => this.go("") },
          { label: words.restart, run: () => this.start() },
        ],
      });
    } else if (this.paused && this.canResume) this.go("");
  }

  advance(input: Input): void {
    if (this.paused) return;
    for (const event of step(this.state, rules, input, STEP)) {
      this.view.onEvent(event);
      this.react(event);
    }
  }

  private canResume = false;

  private react(event: GameEvent): void {
    if (event.type === "power") this.view.announce(`${POWERS[event.kind].name}: ${POWERS[event.kind].about}`);
    if (event.type === "lost" && this.state.lives > 0) this.view.announce(`Ball lost. ${words.lives}: ${this.state.lives}`);
    if (event.type === "cleared") this.cleared();
    if (event.type === "over") this.over();
  }

  private cleared(): void {
    const next = this.state.level + 1;
    const again = this.state.level % rules.levels.length === 0 ? " That was the last wall. They come again, faster." : "";
    this.stop({
      title: words.levelClear,
      text: `${words.score} ${this.state.score.toLocaleString("en")}.${again}`,
      actions: [{ label: words.nextLevel, run: () => this.nextLevel(next) }],
    });
  }

  private nextLevel(level: number): void {
    beginLevel(this.state, rules, level);
    this.go(`${words.level} ${level}. ${words.launchHint}`);
  }

  private over(): void {
    const { score, level } = this.state;
    const record = score > this.best;
    if (record) {
      this.best = score;
      save(BEST, score);
    }
    this.stop({
      title: words.gameOver,
      text: `${record ? words.newBest : words.score}: ${score.toLocaleString("en")}. ${words.level} ${level}.`,
      actions: [{ label: words.again, run: () => this.start() }],
    });
  }

  private go(text: string): void {
    this.paused = false;
    this.view.show(null);
    // Nothing to say is said, too: what was true before is not any more.
    this.view.announce(text);
  }

  private stop(panel: Panel): void {
    this.paused = true;
    this.canResume = panel.title === words.paused;
    this.view.show(panel);
    this.view.announce(`${panel.title}. ${panel.text}`);
  }
}
