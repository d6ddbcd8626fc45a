import { useState } from "react";
import { config, section } from "../config";
import { days, duration, type Session, streak } from "../history";
import { DayChart } from "./DayChart";
import { Panel } from "./Panel";

interface Props {
  sessions: Session[];
  hasSamples: boolean;
  onClearSamples: () => void;
}

const RANGES = [7, 30];

export function Statistics({ sessions, hasSamples, onClearSamples }: Props) {
  const [range, setRange] = useState(7);
  const now = new Date();
  const shown = days(sessions, range, now);
  const total = shown.reduce((sum, day) => sum + day.minutes, 0);
  const count = shown.reduce((sum, day) => sum + day.count, 0);
  const best = Math.max(...shown.map((day) => day.minutes));

  return (
    <Panel
      title={section("statistics")?.title ?? "Statistics"}
      aside={
        <div role="group" aria-label="Days shown" className="flex rounded-lg bg-sunken p-0.5">
          {RANGES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === range}
              onClick={() => setRange(each)}
              className="rounded-md px-2.5 py-1 text-xs font-medium text-muted aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card"
            >
              {each} days
            </button>
          ))}
        </div>
      }
    >
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
        <Figure name="Focused" value={duration(total)} />
        <Figure name={config.words.many} value={String(count)} />
        <Figure name="Best day" value={duration(best)} />
        <Figure name="Streak" value={`${streak(sessions, now)} days`} />
      </dl>
      <DayChart days={shown} goal={config.goal} />
      {hasSamples && (
        <p className="mt-4 flex flex-wrap items-center gap-x-2 rounded-lg bg-accent-soft px-3 py-2 text-xs">
          The {config.words.many} so far are examples.
          <button type="button" onClick={onClearSamples} className="font-semibold text-accent-strong underline underline-offset-2">
            Start empty
          </button>
        </p>
      )}
    </Panel>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex flex-col-reverse">
      <dt className="text-xs text-muted first-letter:uppercase">{name}</dt>
      <dd className="text-lg font-semibold tracking-tight tabular-nums">{value}</dd>
    </div>
  );
}
