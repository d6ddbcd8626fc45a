import { Trash2 } from "lucide-react";
import { config, section } from "../config";
import { duration, type Session } from "../history";
import { Panel } from "./Panel";

const SHOWN = 6;

export function HistoryList({ sessions, onRemove }: { sessions: Session[]; onRemove: (id: string) => void }) {
  const newest = [...sessions].sort((a, b) => b.endedAt - a.endedAt).slice(0, SHOWN);
  return (
    <Panel title={section("history")?.title ?? "History"}>
      {newest.length === 0 ? (
        <p className="text-sm text-muted">Finish a {config.words.one} and it is noted here.</p>
      ) : (
        <ul className="-my-1 divide-y divide-line">
          {newest.map((session) => (
            <li key={session.id} className="group flex items-center gap-3 py-2.5">
              <div className="min-w-0 flex-1">
                <p className="truncate text-sm font-medium">{session.task || `Untitled ${config.words.one}`}</p>
                <p className="truncate text-xs text-muted">{[when(session.endedAt), ...details(session)].join(" · ")}</p>
              </div>
              <span className="text-sm text-muted tabular-nums">{duration(session.minutes)}</span>
              <button
                type="button"
                onClick={() => onRemove(session.id)}
                aria-label={`Delete ${session.task || "untitled"}, ${when(session.endedAt)}`}
                className="grid size-8 place-items-center rounded-lg text-muted hover:bg-sunken hover:text-ink focus-visible:opacity-100 sm:opacity-0 sm:group-hover:opacity-100"
              >
                <Trash2 size={15} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const when = (at: number): string =>
  new Date(at).toLocaleString(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

function details(session: Session): string[] {
  return config.fields.flatMap((field) => {
    const value = session.values?.[field.id];
    if (value === undefined || value === "" || value === false || (Array.isArray(value) && value.length === 0)) return [];
    return [value === true ? field.label : [value].flat().join(", ")];
  });
}
