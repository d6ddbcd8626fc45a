import { config } from "../config";
import { weekdayName } from "../dates";
import { percent } from "../stats";

/** How well each weekday goes, as bars. */
export function WeekdayBars({ shares }: { shares: (number | null)[] }) {
  const order = [0, 1, 2, 3, 4, 5, 6].map((i) => (i + config.weekStartsOn) % 7);
  const best = Math.max(...shares.map((share) => share ?? 0));
  return (
    <ol className="flex h-44 items-end gap-2">
      {order.map((weekday) => {
        const share = shares[weekday] ?? 0;
        return (
          <li key={weekday} className="flex h-full flex-1 flex-col justify-end gap-1.5 text-center">
            <span className="text-xs font-medium text-muted tabular-nums">
              {percent(shares[weekday] ?? null).replace(" %", "")}
            </span>
            <span
              aria-hidden
              className={`rounded-lg transition-[height] duration-500 ${share === best && share > 0 ? "bg-accent" : "bg-(--heat-2)"}`}
              style={{ height: `${Math.max(3, share * 70)}%` }}
            />
            <span className="text-xs text-muted">{weekdayName(weekday).slice(0, 2)}</span>
          </li>
        );
      })}
    </ol>
  );
}
