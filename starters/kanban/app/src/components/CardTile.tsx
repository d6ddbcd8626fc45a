import type { PointerEvent } from "react";
import type { Card } from "../board";
import { config } from "../config";
import { FieldBadge } from "./FieldBadge";

interface Props {
  card: Card;
  /** In the last column nothing is late any more. */
  last: boolean;
  dimmed: boolean;
  onGrab: (event: PointerEvent<HTMLElement>, id: string) => void;
  onOpen: (card: Card) => void;
  onStep: (key: string) => void;
}

export function CardTile({ card, last, dimmed, onGrab, onOpen, onStep }: Props) {
  const filled = config.fields.filter((field) => {
    const value = card.values[field.id];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "" && value !== false;
  });
  return (
    <article
      data-card={card.id}
      onPointerDown={(event) => onGrab(event, card.id)}
      onContextMenu={(event) => event.nativeEvent instanceof globalThis.PointerEvent && event.nativeEvent.pointerType === "touch" && event.preventDefault()}
      className={`relative rounded-xl border border-line bg-surface p-3 shadow-card transition-[border-color,box-shadow,opacity] select-none hover:border-accent/40 ${
        dimmed ? "opacity-35" : ""
      }`}
    >
      <h3 className="text-sm leading-snug font-medium">
        <button
          type="button"
          onClick={() => onOpen(card)}
          onKeyDown={(event) => {
            if (!event.altKey || !event.key.startsWith("Arrow")) return;
            event.preventDefault();
            onStep(event.key);
          }}
          aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight Alt+ArrowUp Alt+ArrowDown"
          className="cursor-grab text-left wrap-anywhere after:absolute after:inset-0 after:rounded-xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-1 focus-visible:after:outline-accent"
        >
          {card.title}
        </button>
      </h3>
      {card.note && (
        <p className="mt-1 line-clamp-2 text-xs leading-relaxed text-muted">{card.note}</p>
      )}
      {filled.length > 0 && (
        <div className="mt-2.5 flex flex-wrap items-center gap-1.5">
          {filled.map((field) => (
            <FieldBadge key={field.id} field={field} value={card.values[field.id]} finished={last} />
          ))}
        </div>
      )}
    </article>
  );
}
