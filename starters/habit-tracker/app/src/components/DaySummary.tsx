import { config } from "../config";
import { completion, dueOn, type Habit, isDone, type Log } from "../habits";
import { Ring } from "./Ring";

/** How far the day is: a large ring and a sentence. */
export function DaySummary({ habits, log, day }: { habits: Habit[]; log: Log; day: string }) {
  const due = dueOn(habits, day);
  if (due.length === 0) return null;
  const done = due.filter((habit) => isDone(log, habit, day)).length;
  const all = done === due.length;
  const { words } = config;
  return (
    <section
      aria-label="Summary of the day"
      className={`flex items-center gap-5 rounded-3xl p-5 transition-colors duration-500 ${all ? "bg-accent text-on-accent" : "bg-accent-soft"}`}
    >
      <Ring share={completion(habits, log, day) ?? 0} width={10} className={`size-18 shrink-0 ${all ? "" : "text-accent"}`}>
        <span className={`text-lg font-bold tabular-nums ${all ? "" : "text-ink"}`}>
          {done}/{due.length}
        </span>
      </Ring>
      <p role="status" className="min-w-0">
        <span className="block text-lg leading-snug font-semibold text-balance">
          {all ? words.allDone : headline(done, due.length)}
        </span>
        <span className={`mt-0.5 block text-sm ${all ? "opacity-90" : "text-muted"}`}>
          {all ? words.allDoneNote : `${due.length - done} ${due.length - done === 1 ? words.one : words.many} to go`}
        </span>
      </p>
    </section>
  );
}

function headline(done: number, of: number): string {
  if (done === 0) return "A fresh day";
  if (done / of < 0.5) return "Good start";
  return of - done === 1 ? "Nearly there" : "Well on the way";
}
