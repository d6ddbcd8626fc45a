import { type ReactNode, useMemo, useState } from "react";
import { MonthMap } from "../components/MonthMap";
import { Segments } from "../components/Segments";
import { Statistics } from "../components/Statistics";
import { StreakList } from "../components/StreakList";
import { WeekdayBars } from "../components/WeekdayBars";
import { WeekMap } from "../components/WeekMap";
import { config, sectionTitle } from "../config";
import { byWeekday, summarise } from "../stats";
import type { HabitStore } from "../useHabits";

export function Progress({ store: { habits, log, today } }: { store: HabitStore }) {
  const [span, setSpan] = useState<"week" | "month">("month");
  const summary = useMemo(() => summarise(habits, log, today), [habits, log, today]);
  const weekdays = useMemo(() => byWeekday(habits, log, today), [habits, log, today]);
  const shown = { habits, log, today };

  return (
    <>
      <h1 className="text-3xl font-bold tracking-tight">{config.words.progress}</h1>
      {sectionTitle("statistics") && <Statistics summary={summary} />}
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2 lg:items-start">
        {sectionTitle("heatmap") && (
          <Panel
            title={sectionTitle("heatmap")}
            aside={<Segments label="Span" value={span} options={{ week: "Week", month: "Month" }} onChange={setSpan} />}
          >
            {span === "month" ? <MonthMap {...shown} /> : <WeekMap {...shown} />}
          </Panel>
        )}
        <div className="grid grid-cols-1 gap-4">
          {sectionTitle("streaks") && (
            <Panel title={sectionTitle("streaks")}>
              <StreakList {...shown} />
            </Panel>
          )}
          {sectionTitle("weekdays") && (
            <Panel title={sectionTitle("weekdays")}>
              <WeekdayBars shares={weekdays} />
            </Panel>
          )}
        </div>
      </div>
    </>
  );
}

function Panel({ title, aside, children }: { title: string | null; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title ?? undefined} className="card p-4 sm:p-5">
      <div className="mb-4 flex min-h-8 items-center justify-between gap-3">
        <h2 className="font-semibold">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
