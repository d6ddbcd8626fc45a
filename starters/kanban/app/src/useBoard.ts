import { useEffect, useState } from "react";
import { type Card, move, newId, seed } from "./board";
import { capitalise, config } from "./config";
import { load, save } from "./storage";

const KEY = "board.cards";

interface Notice {
  text: string;
  /** The cards as they were, when the change can be undone. */
  before?: Card[];
}

/** The board's cards, kept in the browser, and what can be done with them. */
export function useBoard() {
  const [cards, setCards] = useState<Card[]>(() => {
    const saved = load<Card[] | null>(KEY, null);
    return Array.isArray(saved) ? saved : seed(config.samples, config.fields, new Date());
  });
  const [notice, setNotice] = useState<Notice | null>(null);

  useEffect(() => save(KEY, cards), [cards]);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), 6000);
    return () => clearTimeout(timer);
  }, [notice]);

  const titleOf = (column: string) => config.columns.find((c) => c.id === column)?.title ?? column;

  return {
    cards,
    notice,
    add(column: string, title: string) {
      setCards((now) => [...now, { id: newId(), column, title, note: "", values: {} }]);
    },
    put(card: Card) {
      setCards((now) => (now.some((c) => c.id === card.id) ? now.map((c) => (c.id === card.id ? card : c)) : [...now, card]));
    },
    move(id: string, column: string, index: number) {
      const card = cards.find((c) => c.id === id);
      if (!card) return;
      setCards((now) => move(now, id, column, index));
      if (card.column !== column) setNotice({ text: `Moved to ${titleOf(column)}`, before: cards });
    },
    remove(id: string) {
      setCards((now) => now.filter((c) => c.id !== id));
      setNotice({ text: `${capitalise(config.words.one)} deleted`, before: cards });
    },
    undo() {
      if (notice?.before) setCards(notice.before);
      setNotice(null);
    },
  };
}
