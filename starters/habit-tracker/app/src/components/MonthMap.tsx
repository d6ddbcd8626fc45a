import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { config } from "../config";
import { addMonths, dateOf, longDay, monthName, weekdayName, weekdayOf, weeksOfMonth } from "../dates";
import { completion, type Habit, type Log } from "../habits";
import { percent } from "../stats";
import { shadeOf } from "./shade";

/** A month as a calendar, darker where more was done. */
export function MonthMap({ habits, log, today }: { habits: Habit[]; log: Log; today: string }) {
  const thisMonth = today.slice(0, 7);
  const [month, setMonth] = useState(thisMonth);
  const weeks = weeksOfMonth(month, config.weekStartsOn);
  return (
    <div>
      <div className="mb-2 flex items-center justify-between">
        <button
          type="button"
          aria-label="Month before"
          onClick={() => setMonth(addMonths(month, -1))}
          className="grid size-11 place-items-center rounded-xl text-muted hover:bg-sunken"
        >
          <ChevronLeft size={18} aria-hidden />
        </button>
        <p aria-live="polite" className="font-semibold">
          {monthName(month)}
        </p>
        <button
          type="button"
          aria-label="Month after"
          disabled={month >= thisMonth}
          onClick={() => setMonth(addMonths(month, 1))}
          className="grid size-11 place-items-center rounded-xl text-muted hover:bg-sunken disabled:cursor-default disabled:opacity-30"
        >
          <ChevronRight size={18} aria-hidden />
        </button>
      </div>
      <table className="w-full table-fixed border-separate border-spacing-1 text-center text-sm">
        <caption className="sr-only">What was done on each day of {monthName(month)}</caption>
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th key={day} scope="col" className="pb-1 text-xs font-medium text-muted">
                <abbr title={weekdayName(weekdayOf(day), "long")} className="no-underline">
                  {weekdayName(weekdayOf(day)).slice(0, 2)}
                </abbr>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => {
                if (!day.startsWith(month)) return <td key={day} />;
                const share = day > today ? null : completion(habits, log, day);
                const shade = shadeOf(share);
                return (
                  <td
                    key={day}
                    title={`${longDay(day)}: ${percent(share)}`}
                    className={`h-10 rounded-xl tabular-nums lg:h-12 ${shade.className} ${day === today ? "outline-2 outline-offset-1 outline-accent" : ""}`}
                  >
                    {dateOf(day).getDate()}
                    <span className="sr-only">, {percent(share)}</span>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <Legend />
    </div>
  );
}

function Legend() {
  return (
    <p aria-hidden className="mt-3 flex items-center justify-end gap-1 text-xs text-muted">
      Less{" "}
      {[0, 0.2, 0.5, 0.8, 1].map((share) => (
        <span key={share} className={`size-4 rounded-md ${shadeOf(share).className}`} />
      ))}{" "}
      More
    </p>
  );
}
