/** The focus sessions until the long break, as dots. */
export function Rounds({ done, of }: { done: number; of: number }) {
  return (
    <p className="-mt-3 flex items-center gap-1.5" role="img" aria-label={`${done} of ${of} rounds done`}>
      {Array.from({ length: of }, (_, i) => (
        <span key={i} className={`size-2 rounded-full ${i < done ? "bg-accent" : "bg-line"}`} />
      ))}
    </p>
  );
}
