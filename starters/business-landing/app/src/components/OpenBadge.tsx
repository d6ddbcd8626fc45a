import { useEffect, useState } from "react";
import { config } from "../config";
import { isOpen, nextChange } from "../hours";

const MINUTE = 60_000;

/** "Open now, until 18:00". Keeps up with the clock. */
export function OpenBadge() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  if (!config.hours.some((day) => day.open)) return null;
  const open = isOpen(config.hours, now);
  return (
    <p className="inline-flex items-center gap-2.5 text-sm">
      <span aria-hidden className={`size-2 rounded-full ${open ? "bg-emerald-600 dark:bg-emerald-400" : "bg-muted"}`} />
      <span>
        <strong className="font-semibold">{open ? config.words.openNow : config.words.closedNow}</strong>
        <span className="text-muted">, {nextChange(config.hours, now)}</span>
      </span>
    </p>
  );
}
