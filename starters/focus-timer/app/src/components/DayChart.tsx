import { type Day, duration } from "../history";

/** A bar for each day; a line where the goal is. */
export function DayChart({ days, goal }: { days: Day[]; goal: number }) {
  const top = Math.max(goal, ...days.map((day) => day.minutes), 1);
  const few = days.length <= 7;
  const name = (day: Day) => day.start.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
  const label = days.map((day) => `${name(day)}: ${duration(day.minutes)}`).join("; ");

  return (
    <figure className="mt-5" role="img" aria-label={`Focus per day. ${label}`}>
      <div className="relative h-36" aria-hidden>
        <div className="absolute inset-x-0 border-t border-dashed border-muted/50" style={{ bottom: `${(goal / top) * 100}%` }}>
          <span className="absolute -top-4.5 right-0 text-[11px] text-muted">goal</span>
        </div>
        <div className={`relative flex h-full items-end ${few ? "gap-3" : "gap-1"}`}>
          {days.map((day, index) => (
            <div key={day.start.getTime()} title={`${name(day)}: ${duration(day.minutes)}`} className="group flex h-full flex-1 items-end">
              <div
                className={`w-full transition-[height] duration-300 ${few ? "rounded-lg" : "rounded-sm"} ${
                  index === days.length - 1 ? "bg-accent" : "bg-accent/45 group-hover:bg-accent/70"
                } ${day.minutes === 0 ? "bg-line!" : ""}`}
                style={{ height: day.minutes === 0 ? "3px" : `${(day.minutes / top) * 100}%` }}
              />
            </div>
          ))}
        </div>
      </div>
      <div className={`mt-2 flex text-[11px] text-muted ${few ? "gap-3" : "justify-between"}`} aria-hidden>
        {days.map((day, index) =>
          few ? (
            <span key={day.start.getTime()} className="flex-1 text-center">
              {index === days.length - 1 ? "Today" : day.start.toLocaleDateString(undefined, { weekday: "short" })}
            </span>
          ) : index % 7 === 1 ? (
            <span key={day.start.getTime()}>{day.start.toLocaleDateString(undefined, { day: "numeric", month: "short" })}</span>
          ) : null,
        )}
      </div>
    </figure>
  );
}
