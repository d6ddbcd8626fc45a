import { Heart } from "lucide-react";

export function FavouriteButton({
  title,
  on,
  onToggle,
  className = "",
}: {
  title: string;
  on: boolean;
  onToggle: () => void;
  className?: string;
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      aria-label={`Favourite: ${title}`}
      onClick={onToggle}
      className={`grid size-11 place-items-center rounded-full bg-surface/90 text-ink shadow-card backdrop-blur transition-transform active:scale-90 ${className}`}
    >
      <Heart key={String(on)} size={20} aria-hidden className={on ? "pop fill-accent text-accent" : ""} />
    </button>
  );
}
