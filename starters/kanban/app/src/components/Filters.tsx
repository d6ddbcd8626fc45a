import { Search, X } from "lucide-react";
import type { Query } from "../board";
import { config } from "../config";

/** Search, and a menu for each field that is a choice. */
export function Filters({ query, onChange }: { query: Query; onChange: (query: Query) => void }) {
  const choices = config.fields.filter((field) => field.kind === "choice");

  const choose = (field: string, option: string) => {
    const rest = Object.fromEntries(Object.entries(query.choices).filter(([id]) => id !== field));
    onChange({ ...query, choices: option ? { ...rest, [field]: option } : rest });
  };

  return (
    <div className="flex w-full min-w-0 gap-2" role="search">
      <div className="relative min-w-0 flex-1 md:w-56 lg:w-64">
        <Search size={15} aria-hidden className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted" />
        <input
          type="search"
          value={query.text}
          onChange={(event) => onChange({ ...query, text: event.target.value })}
          placeholder={`Search ${config.words.many}`}
          aria-label={`Search ${config.words.many}`}
          className="h-9 w-full rounded-lg border border-line bg-surface pr-8 pl-9 text-sm placeholder:text-muted [&::-webkit-search-cancel-button]:hidden"
        />
        {query.text && (
          <button
            type="button"
            aria-label="Clear search"
            onClick={() => onChange({ ...query, text: "" })}
            className="absolute top-1/2 right-1.5 grid size-6 -translate-y-1/2 place-items-center rounded-md text-muted hover:text-ink"
          >
            <X size={14} aria-hidden />
          </button>
        )}
      </div>
      {choices.map((field) => (
        <select
          key={field.id}
          aria-label={field.label}
          value={query.choices[field.id] ?? ""}
          onChange={(event) => choose(field.id, event.target.value)}
          className="h-9 min-w-0 max-w-36 rounded-lg border border-line bg-surface px-2 text-sm text-ink"
        >
          <option value="">{field.label}: any</option>
          {field.options?.map((option) => <option key={option}>{option}</option>)}
        </select>
      ))}
    </div>
  );
}
