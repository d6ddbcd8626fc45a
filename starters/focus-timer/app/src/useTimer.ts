import { useEffect, useRef, useState } from "react";
import { load, save } from "./storage";
import { fresh, left, type Mode, next, pause, type Settings, start, type Timer } from "./timer";

const KEY = "focus.timer";
const TICK_MS = 200;

/** The running clock. It goes on through reloads and sleep; `onDone` is called once for each interval that ends. */
export function useTimer(settings: Settings, onDone: (timer: Timer) => void) {
  const [timer, setTimer] = useState<Timer>(() => load<Timer | null>(KEY, null) ?? fresh("focus", settings));
  const [now, setNow] = useState(() => Date.now());
  const done = useRef(onDone);
  useEffect(() => {
    done.current = onDone;
  });

  useEffect(() => save(KEY, timer), [timer]);

  useEffect(() => {
    const { endsAt } = timer;
    if (endsAt === null) return;
    const tick = () => {
      const time = Date.now();
      setNow(time);
      if (time < endsAt) return;
      clearInterval(interval);
      done.current(timer);
      const following = next(timer, settings);
      setTimer(settings.autoStart ? start(following, time) : following);
    };
    const interval = setInterval(tick, TICK_MS);
    return () => clearInterval(interval);
  }, [timer, settings]);

  return {
    timer,
    left: left(timer, now),
    running: timer.endsAt !== null,
    toggle() {
      const time = Date.now();
      setNow(time);
      setTimer((t) => (t.endsAt === null ? start(t, time) : pause(t, time)));
    },
    reset: () => setTimer((t) => fresh(t.mode, settings, t.round)),
    skip: () => setTimer((t) => next(t, settings)),
    choose: (mode: Mode) => setTimer((t) => fresh(mode, settings, t.round)),
    /** New lengths count at once, unless an interval is under way. */
    adopt: (changed: Settings) => setTimer((t) => (t.endsAt === null && t.left === t.length ? fresh(t.mode, changed, t.round) : t)),
  };
}
