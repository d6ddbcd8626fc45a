import { config, section } from "../config";
import { days, duration, type Session } from "../history";
import { Panel } from "./Panel";

export function Goal({ sessions }: { sessions: Session[] }) {
  const minutes = days(sessions, 1, new Date())[0]?.minutes ?? 0;
  const share = Math.min(1, minutes / Math.max(1, config.goal));
  const missing = config.goal - minutes;
  return (
    <Panel title={section("goal")?.title ?? "Today"} aside={<span className="text-sm text-muted">Goal {duration(config.goal)}</span>}>
      <div className="flex items-baseline justify-between gap-3">
        <p className="text-3xl font-semibold tracking-tight tabular-nums">{duration(minutes)}</p>
        <p className="text-sm text-muted">{missing > 0 ? `${duration(missing)} to go` : "Goal reached"}</p>
      </div>
      <div role="progressbar" aria-label="Today's goal" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} className="mt-3 h-2 overflow-hidden rounded-full bg-sunken">
        <div className="h-full rounded-full bg-accent transition-[width] duration-300" style={{ width: `${share * 100}%` }} />
      </div>
    </Panel>
  );
}
