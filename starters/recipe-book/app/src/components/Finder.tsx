import { Search, X } from "lucide-react";
import { capitalise, config, sectionTitle } from "../config";
import type { Query } from "../recipe";

/** The search box and the tags. */
export function Finder({ query, tags, onChange }: { query: Query; tags: string[]; onChange: (query: Query) => void }) {
  return (
    <div className="space-y-3">
      {sectionTitle("search") && (
        <div className="relative">
          <Search size={18} aria-hidden className="pointer-events-none absolute top-1/2 left-4 -translate-y-1/2 text-muted" />
          <input
            type="search"
            aria-label={`Search ${config.words.many}`}
            value={query.text}
            onChange={(e) => onChange({ ...query, text: e.target.value })}
            placeholder={`Search by name, ${config.words.ingredients.toLowerCase()}, tag`}
            className="min-h-12 w-full rounded-2xl border border-line bg-surface pr-11 pl-11 text-base placeholder:text-muted [&::-webkit-search-cancel-button]:hidden"
          />
          {query.text && (
            <button
              type="button"
              aria-label="Clear search"
              onClick={() => onChange({ ...query, text: "" })}
              className="absolute top-0.5 right-1 grid size-11 place-items-center rounded-xl text-muted"
            >
              <X size={18} aria-hidden />
            </button>
          )}
        </div>
      )}
      {sectionTitle("tags") && tags.length > 0 && (
        <ul
          aria-label={sectionTitle("tags") ?? undefined}
          className="-mx-4 flex gap-2 overflow-x-auto px-4 py-0.5 [scrollbar-width:none] sm:mx-0 sm:flex-wrap sm:px-0"
        >
          {[null, ...tags].map((tag) => (
            <li key={tag ?? ""}>
              <button
                type="button"
                aria-pressed={query.tag === tag}
                onClick={() => onChange({ ...query, tag: query.tag === tag ? null : tag })}
                className={`min-h-11 rounded-full border px-4 text-sm font-medium whitespace-nowrap transition-colors ${query.tag === tag ? "border-accent bg-accent text-on-accent" : "border-line bg-surface hover:bg-sunken"}`}
              >
                {tag === null ? "All" : capitalise(tag)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
