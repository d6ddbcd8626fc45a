import { useEffect, useState } from "react";
import { chime } from "./chime";
import { due, isRinging, start, type Timer } from "./timers";

/** Timers that go on while a person moves between steps and pages. They ring when their time is over. */
export function useTimers() {
  const [timers, setTimers] = useState<Timer[]>([]);
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    if (!timers.some((timer) => timer.endsAt !== null && !timer.rung)) return;
    const tick = setInterval(() => {
      const time = Date.now();
      setNow(time);
      if (due(timers, time).length === 0) return;
      chime();
      setTimers((before) => before.map((timer) => (isRinging(timer, time) ? { ...timer, rung: true } : timer)));
    }, 250);
    return () => clearInterval(tick);
  }, [timers]);

  const put = (timer: Timer) => {
    setNow(Date.now());
    setTimers((before) =>
      before.some((t) => t.id === timer.id) ? before.map((t) => (t.id === timer.id ? timer : t)) : [...before, timer],
    );
  };
  return {
    timers,
    now,
    put,
    begin: (id: string, label: string, minutes: number) => put(start(id, label, minutes, Date.now())),
    drop: (id: string) => setTimers((before) => before.filter((timer) => timer.id !== id)),
  };
}

export type TimerStore = ReturnType<typeof useTimers>;
