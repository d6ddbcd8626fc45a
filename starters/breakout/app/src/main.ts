import { config } from "./config";
import { POWERS } from "./game/powers";
import type { PowerKind } from "./game/types";
import { startLoop } from "./loop";
import { Session } from "./session";
import { Sound } from "./sound";
import { load, save } from "./storage";
import "./styles.css";
import { applyTheme, prefersCalm, toggleTheme } from "./theme";
import { createHud } from "./ui/hud";
import { icons } from "./ui/icons";
import { createInput } from "./ui/input";
import { layout } from "./ui/layout";
import { createOverlay } from "./ui/overlay";
import { part, write } from "./ui/parts";
import { Effects } from "./view/effects";
import { Renderer } from "./view/renderer";

const SOUND = "breakout.sound";

/** Puts the game into `root` and starts it. Answers how to take it away again. */
export function mount(root: HTMLElement): { session: Session; stop: () => void } {
  applyTheme(config.palette, config.theme);
  document.title = config.title;
  root.innerHTML = layout();

  const gone = new AbortController();
  const until = { signal: gone.signal };
  const canvas = part<HTMLCanvasElement>(root, "canvas");
  const status = part(root, "status");
  const effects = new Effects();
  effects.calm = prefersCalm();
  const renderer = new Renderer(canvas, effects);
  const sound = new Sound();
  const input = createInput(canvas, part(root, "pad"), gone.signal);
  const hint = part(root, "hint");
  const updateHud = createHud(root);
  const show = createOverlay(part(root, "overlay"));

  const session = new Session({
    show(panel) {
      input.reset();
      show(panel);
      if (!panel) canvas.focus({ preventScroll: true });
    },
    announce: (text) => write(status, text),
    onEvent(event) {
      sound.play(event);
      effects.note(event, renderer.color, (kind) => POWERS[kind as PowerKind].name);
    },
  });

  const showSound = (on: boolean) => {
    sound.on = on;
    const button = part(root, "sound");
    button.innerHTML = on ? icons.soundOn : icons.soundOff;
    button.setAttribute("aria-pressed", String(on));
  };
  const toggleSound = () => {
    showSound(!sound.on);
    save(SOUND, sound.on);
    write(status, sound.on ? "Sound on" : "Sound off");
  };
  showSound(load(SOUND, false));

  part(root, "sound").addEventListener("click", toggleSound);
  part(root, "pause").addEventListener("click", () => session.togglePause());
  part(root, "theme").addEventListener("click", () => {
    toggleTheme(config.theme);
    renderer.refresh();
  });
  window.addEventListener(
    "keydown",
    (event) => {
      if (["p", "P", "Escape"].includes(event.key)) session.togglePause();
      if (event.key === "m" || event.key === "M") toggleSound();
    },
    until,
  );
  const pauseAway = () => {
    if (!session.paused) session.togglePause();
  };
  window.addEventListener("blur", pauseAway, until);
  document.addEventListener("visibilitychange", () => document.hidden && pauseAway(), until);

  if (typeof ResizeObserver !== "undefined") new ResizeObserver(() => renderer.refresh()).observe(canvas);
  new MutationObserver(() => renderer.refresh()).observe(document.documentElement, {
    attributeFilter: ["data-theme", "data-palette"],
  });
  renderer.refresh();
  session.welcome();

  const stopLoop = startLoop(
    () => session.advance(input.read()),
    (seconds) => {
      if (!session.paused) effects.age(seconds);
      renderer.draw(session.state);
      updateHud(session.state, session.best);
      hint.hidden = session.paused || session.state.phase !== "ready";
    },
  );
  const stop = () => {
    gone.abort();
    stopLoop();
  };
  return { session, stop };
}

const root = document.getElementById("app");
if (root) mount(root);
