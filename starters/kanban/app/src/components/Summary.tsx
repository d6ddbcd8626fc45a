import { type Card, cardsOf } from "../board";
import { config } from "../config";
import { daysUntil } from "../dates";

const SHADES = ["bg-accent/20", "bg-accent/40", "bg-accent/55", "bg-accent/70", "bg-accent/85"];

/** How far the whole board is: one bar with a part for each column, the last column being done. */
export function Summary({ cards }: { cards: Card[] }) {
  const parts = config.columns.map((column) => ({ ...column, count: cardsOf(cards, column, config.columns).length }));
  const last = parts.at(-1);
  const done = parts.length > 1 ? (last?.count ?? 0) : 0;
  const dates = config.fields.filter((field) => field.kind === "date");
  const late = cards.filter(
    (card) => card.column !== last?.id && dates.some((f) => daysUntil(String(card.values[f.id] ?? ""), new Date()) < 0),
  ).length;

  return (
    <section aria-label="Progress" className="mx-4 mb-5 rounded-xl border border-line bg-surface px-4 py-3 sm:mx-6 lg:mx-8">
      <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
        <p>
          <strong className="font-semibold tabular-nums">{done}</strong>
          <span className="text-muted"> of {cards.length} {cards.length === 1 ? config.words.one : config.words.many} done</span>
        </p>
        {late > 0 && (
          <p className="font-medium text-rose-700 dark:text-rose-300">
            <span className="tabular-nums">{late}</span> late
          </p>
        )}
        <ul className="ml-auto hidden gap-x-4 text-xs text-muted sm:flex">
          {parts.map((part, index) => (
            <li key={part.id} className="inline-flex items-center gap-1.5">
              <span className={`size-2 rounded-full ${shade(index, parts.length)}`} aria-hidden />
              {part.title} <span className="text-ink tabular-nums">{part.count}</span>
            </li>
          ))}
        </ul>
      </div>
      <div className="mt-2.5 flex h-1.5 gap-0.5 overflow-hidden rounded-full bg-sunken" aria-hidden>
        {[...parts].reverse().map((part) => (
          <div
            key={part.id}
            style={{ flexGrow: part.count }}
            className={`transition-[flex-grow] duration-300 ${shade(parts.findIndex((p) => p.id === part.id), parts.length)}`}
          />
        ))}
      </div>
    </section>
  );
}

/** The last column is the full accent, earlier ones are paler. */
const shade = (index: number, count: number): string =>
  index === count - 1 ? "bg-accent" : (SHADES[Math.min(index, SHADES.length - 1)] ?? "bg-accent");
