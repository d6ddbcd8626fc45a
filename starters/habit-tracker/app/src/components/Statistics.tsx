import { Flame, ListChecks, type LucideIcon, Star, TrendingUp } from "lucide-react";
import { percent, type Summary } from "../stats";

/** Four numbers about the last thirty days. */
export function Statistics({ summary }: { summary: Summary }) {
  const { rate, before } = summary;
  const change =
    rate === null || before === null
      ? "last 30 days"
      : `${rate >= before ? "+" : "−"}${Math.round(Math.abs(rate - before) * 100)} points on the month before`;
  return (
    <dl className="grid grid-cols-2 gap-3 xl:grid-cols-4">
      <Figure icon={TrendingUp} label="Completed" value={percent(rate)} note={change} />
      <Figure icon={Star} label="Perfect days" value={String(summary.perfectDays)} note="of the last 30" />
      <Figure icon={ListChecks} label="Check-offs" value={String(summary.checkOffs)} note="in the last 30 days" />
      <Figure icon={Flame} label="Longest streak" value={String(summary.longest)} note="days in a row" />
    </dl>
  );
}

function Figure({ icon: Icon, label, value, note }: { icon: LucideIcon; label: string; value: string; note: string }) {
  return (
    <div className="card p-4">
      <dt className="flex items-center gap-2 text-sm font-medium text-muted">
        <Icon size={16} aria-hidden className="shrink-0 text-accent" />
        {label}
      </dt>
      <dd className="mt-2 text-3xl font-bold tracking-tight tabular-nums">
        {value}
        <span className="mt-0.5 block text-xs font-normal tracking-normal text-muted">{note}</span>
      </dd>
    </div>
  );
}
