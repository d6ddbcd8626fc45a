import { ClipboardCopy, Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { formatAmount } from "../amounts";
import { config, sectionTitle } from "../config";
import { asText, type ShoppingItem, withoutDone } from "../shopping";
import type { BookStore } from "../useBook";

/** What to buy: from recipes, added up, and what a person types. */
export function Shopping({ store }: { store: BookStore }) {
  const { shopping } = store;
  const open = withoutDone(shopping);
  const done = shopping.filter((item) => item.done);
  return (
    <div className="mx-auto w-full max-w-2xl space-y-5">
      <header className="flex items-center justify-between gap-3">
        <h1 className="text-3xl font-bold tracking-tight">{sectionTitle("shopping")}</h1>
        {open.length > 0 && <CopyButton text={asText(shopping)} />}
      </header>
      <AddForm onAdd={store.addToList} />
      {shopping.length === 0 ? (
        <p className="card grid min-h-48 place-items-center p-8 text-center text-pretty text-muted">
          Open a {config.words.one} and add what it needs. Equal things are added up.
        </p>
      ) : (
        <List items={open} onToggle={store.toggleItem} />
      )}
      {done.length > 0 && (
        <section aria-label="In the basket">
          <div className="mb-2 flex items-center justify-between">
            <h2 className="px-1 text-sm font-semibold text-muted">In the basket</h2>
            <button
              type="button"
              onClick={store.clearDone}
              className="min-h-11 rounded-xl px-3 text-sm font-medium text-accent hover:bg-accent-soft"
            >
              Clear
            </button>
          </div>
          <List items={done} onToggle={store.toggleItem} />
        </section>
      )}
    </div>
  );
}

function List({ items, onToggle }: { items: ShoppingItem[]; onToggle: (id: string) => void }) {
  if (items.length === 0) return null;
  return (
    <ul className="card divide-y divide-line px-4">
      {items.map((item) => (
        <li key={item.id}>
          <label className="flex min-h-14 cursor-pointer items-center gap-3 py-2">
            <input
              type="checkbox"
              checked={item.done}
              onChange={() => onToggle(item.id)}
              className="size-5 shrink-0 accent-(--accent)"
            />
            <span className={`min-w-0 flex-1 ${item.done ? "text-muted line-through" : ""}`}>
              {item.name}
              {item.from.length > 0 && <span className="block truncate text-sm text-muted">{item.from.join(", ")}</span>}
            </span>
            <span className="shrink-0 font-semibold tabular-nums">{formatAmount(item.amount, item.unit)}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}

function AddForm({ onAdd }: { onAdd: (name: string) => void }) {
  const [name, setName] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd(name);
    setName("");
  };
  return (
    <form onSubmit={submit} className="flex gap-2">
      <input
        aria-label="Add something"
        value={name}
        maxLength={80}
        onChange={(e) => setName(e.target.value)}
        placeholder="Milk, napkins, ice"
        className="min-h-12 min-w-0 flex-1 rounded-2xl border border-line bg-surface px-4 text-base placeholder:text-muted"
      />
      <button
        type="submit"
        className="grid size-12 shrink-0 place-items-center rounded-2xl bg-accent text-on-accent hover:bg-accent-strong"
      >
        <Plus size={20} aria-hidden />
        <span className="sr-only">Add</span>
      </button>
    </form>
  );
}

function CopyButton({ text }: { text: string }) {
  const [state, setState] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("Copied");
    } catch {
      setState("Not allowed here");
    }
  };
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className="inline-flex min-h-11 items-center gap-2 rounded-2xl border border-line bg-surface px-4 text-sm font-medium hover:bg-sunken"
    >
      <ClipboardCopy size={17} aria-hidden />
      <span aria-live="polite">{state}</span>
    </button>
  );
}
