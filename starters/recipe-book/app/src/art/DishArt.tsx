import { memo } from "react";
import { DISHES } from "./dishes";

/** The picture of a dish, drawn. It fills its box and is cut at the edges like a photo. */
export const DishArt = memo(function DishArt({ art, className = "" }: { art: string; className?: string }) {
  const dish = DISHES[art] ?? DISHES.soup;
  if (!dish) return null;
  return (
    <svg viewBox="0 0 240 180" preserveAspectRatio="xMidYMid slice" className={`dish ${className}`} aria-hidden>
      <rect width="240" height="180" fill={dish.table} />
      <rect width="240" height="180" fill="url(#light)" />
      {dish.draw()}
    </svg>
  );
});

/** The light that falls on every table; it is defined once for all pictures. */
export function ArtLight() {
  return (
    <svg width="0" height="0" className="absolute" aria-hidden>
      <defs>
        <linearGradient id="light" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#fff" stopOpacity=".4" />
          <stop offset="1" stopColor="#000" stopOpacity=".08" />
        </linearGradient>
      </defs>
    </svg>
  );
}
