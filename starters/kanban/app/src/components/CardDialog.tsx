import { Trash2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Card, Value } from "../board";
import { config } from "../config";
import { FieldInput, INPUT } from "./FieldInput";

interface Props {
  card: Card;
  isNew: boolean;
  onSave: (card: Card) => void;
  onDelete: (id: string) => void;
  onClose: () => void;
}

export function CardDialog({ card, isNew, onSave, onDelete, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [draft, setDraft] = useState(card);

  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);

  const setValue = (id: string, value: Value) => setDraft((d) => ({ ...d, values: { ...d.values, [id]: value } }));

  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
      aria-labelledby="card-dialog-title"
      className="m-auto w-[min(34rem,calc(100vw-1.5rem))] rounded-2xl border border-line bg-surface p-0 text-ink shadow-float backdrop:bg-black/45 backdrop:backdrop-blur-[2px]"
    >
      <form
        className="grid gap-4 p-5"
        onSubmit={(event) => {
          event.preventDefault();
          const title = draft.title.trim();
          if (!title) return;
          onSave({ ...draft, title });
          dialog.current?.close();
        }}
      >
        <div className="flex items-center justify-between gap-2">
          <h2 id="card-dialog-title" className="text-base font-semibold">
            {isNew ? `New ${config.words.one}` : `Edit ${config.words.one}`}
          </h2>
          <button type="button" aria-label="Close" onClick={() => dialog.current?.close()} className="grid size-8 place-items-center rounded-lg text-muted hover:bg-sunken hover:text-ink">
            <X size={18} aria-hidden />
          </button>
        </div>
        <div>
          <label htmlFor="card-title" className="mb-1 block text-xs font-medium text-muted">Title</label>
          <input id="card-title" required maxLength={200} autoFocus value={draft.title} onChange={(e) => setDraft({ ...draft, title: e.target.value })} className={INPUT} />
        </div>
        <div>
          <label htmlFor="card-note" className="mb-1 block text-xs font-medium text-muted">Notes</label>
          <textarea id="card-note" rows={3} value={draft.note} onChange={(e) => setDraft({ ...draft, note: e.target.value })} className={`${INPUT} h-auto resize-y py-2`} />
        </div>
        <div className="grid gap-4 sm:grid-cols-2">
          <div>
            <label htmlFor="card-column" className="mb-1 block text-xs font-medium text-muted">Column</label>
            <select id="card-column" value={draft.column} onChange={(e) => setDraft({ ...draft, column: e.target.value })} className={INPUT}>
              {config.columns.map((column) => (
                <option key={column.id} value={column.id}>{column.title}</option>
              ))}
            </select>
          </div>
          {config.fields.map((field) => (
            <FieldInput key={field.id} field={field} value={draft.values[field.id]} onChange={(value) => setValue(field.id, value)} />
          ))}
        </div>
        <div className="flex items-center gap-2 pt-1">
          {!isNew && (
            <button
              type="button"
              onClick={() => {
                onDelete(card.id);
                dialog.current?.close();
              }}
              className="inline-flex h-9 items-center gap-1.5 rounded-lg px-2.5 text-sm text-rose-700 hover:bg-rose-50 dark:text-rose-300 dark:hover:bg-rose-400/10"
            >
              <Trash2 size={15} aria-hidden />
              Delete
            </button>
          )}
          <button type="button" onClick={() => dialog.current?.close()} className="ml-auto h-9 rounded-lg border border-line px-3 text-sm font-medium hover:bg-sunken">
            Cancel
          </button>
          <button type="submit" className="h-9 rounded-lg bg-accent px-4 text-sm font-medium text-on-accent hover:bg-accent-strong">
            {isNew ? `Add ${config.words.one}` : "Save"}
          </button>
        </div>
      </form>
    </dialog>
  );
}
