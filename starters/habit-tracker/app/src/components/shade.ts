const SHADES = [
  "bg-sunken text-muted",
  "bg-(--heat-1) text-ink",
  "bg-(--heat-2) text-ink",
  "bg-(--heat-3) text-(--heat-ink)",
  "bg-accent text-on-accent",
];

/** How a day in a heat map looks for the share that was done. Every shade has a text colour that can be read on it. */
export function shadeOf(share: number | null): { className: string } {
  if (share === null) return { className: "text-muted" };
  const step = share === 0 ? 0 : share < 0.4 ? 1 : share < 0.7 ? 2 : share < 1 ? 3 : 4;
  return { className: SHADES[step] ?? "" };
}
