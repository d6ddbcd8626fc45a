import { useMemo, useState } from "react";
import { type Card, cardsOf, matches, newId, type Query } from "./board";
import { CardDialog } from "./components/CardDialog";
import { Column } from "./components/Column";
import { Filters } from "./components/Filters";
import { Header } from "./components/Header";
import { Summary } from "./components/Summary";
import { Toast } from "./components/Toast";
import { config, isOn } from "./config";
import { useBoard } from "./useBoard";
import { useDrag } from "./useDrag";

const NO_QUERY: Query = { text: "", choices: {} };

export function App() {
  const board = useBoard();
  const [query, setQuery] = useState(NO_QUERY);
  const [open, setOpen] = useState<Card | null>(null);
  const { drop, grab } = useDrag((landed) => board.move(landed.id, landed.column, landed.index));

  const shown = useMemo(() => board.cards.filter((card) => matches(card, query)), [board.cards, query]);
  const first = config.columns[0]?.id ?? "";

  return (
    <div className="flex min-h-dvh flex-col">
      <Header onNew={() => setOpen({ id: newId(), column: first, title: "", note: "", values: {} })}>
        {isOn("search") && <Filters query={query} onChange={setQuery} />}
      </Header>
      <main className="flex min-h-0 flex-1 flex-col">
        {isOn("summary") && <Summary cards={board.cards} />}
        <div data-board className="flex flex-1 snap-x snap-mandatory scroll-px-4 gap-4 overflow-x-auto px-4 pb-6 sm:snap-none sm:px-6 lg:px-8">
          {config.columns.map((column) => (
            <Column
              key={column.id}
              column={column}
              cards={cardsOf(shown, column, config.columns)}
              drop={drop?.column === column.id ? drop : null}
              dragged={drop?.id ?? null}
              filtered={query.text !== "" || Object.keys(query.choices).length > 0}
              onGrab={grab}
              onOpen={setOpen}
              onAdd={(title) => board.add(column.id, title)}
              onMove={board.move}
            />
          ))}
        </div>
      </main>
      {open && (
        <CardDialog
          key={open.id}
          card={open}
          isNew={!board.cards.some((c) => c.id === open.id)}
          onSave={board.put}
          onDelete={board.remove}
          onClose={() => setOpen(null)}
        />
      )}
      <Toast notice={board.notice} onUndo={board.undo} />
    </div>
  );
}
