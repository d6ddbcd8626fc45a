import { config } from "./config";
import { highest } from "./game/slide";
import { Session } from "./session";
import { Sound } from "./sound";
import { load, save } from "./storage";
import "./styles.css";
import { applyTheme, toggleTheme } from "./theme";
import { Board } from "./ui/board";
import { icons } from "./ui/icons";
import { listen } from "./ui/input";
import { layout } from "./ui/layout";
import { createOverlay } from "./ui/overlay";
import { part, write } from "./ui/parts";
import { createScore } from "./ui/score";

const SOUND = "tiles.sound";

/** Puts the game into `root`. Answers how to take it away again. */
export function mount(root: HTMLElement): { session: Session; stop: () => void } {
  applyTheme(config.palette, config.theme);
  document.title = config.title;
  root.innerHTML = layout();

  const gone = new AbortController();
  const frame = part(root, "frame");
  const status = part(root, "status");
  const board = new Board(root);
  const sound = new Sound();
  const overlay = createOverlay(part(root, "overlay"));
  const updateScore = createScore(root);
  const refresh = () => updateScore(session);

  const session = new Session({
    show(panel) {
      overlay(panel);
      if (!panel) frame.focus({ preventScroll: true });
    },
    announce: (text) => write(status, text),
    onBoard(move) {
      if (!move) board.show(session.game);
      else {
        board.play(move);
        if (move.gained > 0) sound.merge(highest(move.game));
        else sound.slide();
      }
      refresh();
    },
    onFinish: (won) => sound.finish(won),
  });

  const showSound = (on: boolean) => {
    sound.on = on;
    part(root, "sound").innerHTML = on ? icons.soundOn : icons.soundOff;
    part(root, "sound").setAttribute("aria-pressed", String(on));
  };
  const toggleSound = () => {
    showSound(!sound.on);
    save(SOUND, sound.on);
    write(status, sound.on ? "Sound on" : "Sound off");
  };
  showSound(load(SOUND, false));

  listen(frame, (direction) => session.slide(direction), gone.signal);
  const shortcuts: Record<string, () => void> = {
    p: () => session.togglePause(),
    escape: () => session.togglePause(),
    u: () => session.undo(),
    m: toggleSound,
  };
  window.addEventListener(
    "keydown",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) shortcuts[event.key.toLowerCase()]?.();
    },
    { signal: gone.signal },
  );
  part(root, "pause").addEventListener("click", () => session.togglePause());
  part(root, "sound").addEventListener("click", toggleSound);
  part(root, "theme").addEventListener("click", () => toggleTheme(config.theme));
  part(root, "undo").addEventListener("click", () => session.undo());
  part(root, "new").addEventListener("click", () => session.restart());
  for (const choice of root.querySelectorAll<HTMLInputElement>("input[name=size]")) {
    choice.checked = Number(choice.value) === session.size;
    choice.addEventListener("change", () => session.resize(Number(choice.value)));
  }

  board.show(session.game);
  refresh();
  session.judge();
  const clock = setInterval(() => {
    if (document.hidden) return;
    session.tick();
    refresh();
  }, 1000);
  const stop = () => {
    gone.abort();
    clearInterval(clock);
  };
  return { session, stop };
}

const root = document.getElementById("app");
if (root) mount(root);
