import { Inbox, Plus } from "lucide-react";
import { Fragment, type PointerEvent, useState } from "react";
import type { Card } from "../board";
import { type ColumnConfig, config } from "../config";
import type { Drop } from "../useDrag";
import { CardTile } from "./CardTile";

interface Props {
  column: ColumnConfig;
  cards: Card[];
  /** Where a dragged card would land in this column. */
  drop: Drop | null;
  /** The card that is being dragged. */
  dragged: string | null;
  filtered: boolean;
  onGrab: (event: PointerEvent<HTMLElement>, id: string) => void;
  onOpen: (card: Card) => void;
  onAdd: (title: string) => void;
  onMove: (id: string, column: string, index: number) => void;
}

export function Column({ column, cards, drop, dragged, filtered, onGrab, onOpen, onAdd, onMove }: Props) {
  const full = column.limit !== undefined && cards.length > column.limit;
  const position = config.columns.findIndex((c) => c.id === column.id);
  const others = cards.filter((card) => card.id !== dragged);
  const slot = <div aria-hidden className="h-16 rounded-xl border-2 border-dashed border-accent/60 bg-accent-soft" />;

  /** Alt + arrow keys: left and right change the column, up and down the place in it. */
  const step = (card: Card, key: string) => {
    const index = cards.indexOf(card);
    if (key === "ArrowUp" && index > 0) onMove(card.id, column.id, index - 1);
    if (key === "ArrowDown" && index < cards.length - 1) onMove(card.id, column.id, index + 1);
    const side = config.columns[position + (key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0)];
    if (side && side.id !== column.id) onMove(card.id, side.id, Number.MAX_SAFE_INTEGER);
  };

  return (
    <section
      data-column={column.id}
      aria-labelledby={`column-${column.id}`}
      className={`flex w-[82vw] max-w-80 shrink-0 snap-start flex-col self-stretch rounded-2xl border p-2 transition-colors sm:w-72 sm:max-w-none xl:min-w-64 xl:flex-1 ${
        drop ? "border-accent/50 bg-accent-soft" : "border-transparent bg-sunken"
      }`}
    >
      <header className="flex items-center gap-2 px-2 pt-1 pb-2.5">
        <h2 id={`column-${column.id}`} className="truncate text-sm font-semibold">{column.title}</h2>
        <span
          className={`rounded-full px-1.5 text-xs leading-5 font-medium tabular-nums ${
            full ? "bg-amber-100 text-amber-900 dark:bg-amber-400/20 dark:text-amber-200" : "text-muted"
          }`}
        >
          {cards.length}
          {column.limit !== undefined && ` / ${column.limit}`}
          {full && <span className="sr-only"> (over the limit)</span>}
        </span>
      </header>
      <div className="flex flex-1 flex-col gap-2">
        {others.length === 0 && !drop && (
          <div className="grid justify-items-center gap-1.5 rounded-xl border border-dashed border-line px-3 py-7 text-center text-xs text-muted">
            <Inbox size={18} aria-hidden />
            {filtered ? `No ${config.words.many} match` : config.words.empty}
          </div>
        )}
        {cards.map((card) => {
          const place = others.indexOf(card);
          return (
            <Fragment key={card.id}>
              {drop && place === drop.index && slot}
              <CardTile
                card={card}
                last={position === config.columns.length - 1}
                dimmed={card.id === dragged}
                onGrab={onGrab}
                onOpen={onOpen}
                onStep={(key) => step(card, key)}
              />
            </Fragment>
          );
        })}
        {drop && drop.index >= others.length && slot}
        <QuickAdd column={column.title} onAdd={onAdd} />
      </div>
    </section>
  );
}

function QuickAdd({ column, onAdd }: { column: string; onAdd: (title: string) => void }) {
  const [title, setTitle] = useState("");
  return (
    <form
      className="relative"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim()) onAdd(title.trim());
        setTitle("");
      }}
    >
      <Plus size={15} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-muted" />
      <input
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        placeholder={`Add ${config.words.one}`}
        aria-label={`Add ${config.words.one} to ${column}`}
        maxLength={200}
        className="h-9 w-full rounded-lg border border-transparent bg-transparent pr-3 pl-8 text-sm placeholder:text-muted hover:bg-surface focus:border-line focus:bg-surface"
      />
    </form>
  );
}
