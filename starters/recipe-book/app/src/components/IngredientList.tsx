import { useState } from "react";
import { formatAmount, scaled } from "../amounts";
import { ingredientsOf, type RecipeText } from "../recipe";

/** What is needed, scaled; lines can be ticked off while they are laid out. */
export function IngredientList({ recipe, factor }: { recipe: RecipeText; factor: number }) {
  const [ready, setReady] = useState<number[]>([]);
  return (
    <ul className="divide-y divide-line">
      {ingredientsOf(recipe).map((ingredient, index) => {
        const { amount, unit, name, note } = scaled(ingredient, factor);
        const done = ready.includes(index);
        return (
          <li key={index}>
            <label className={`flex min-h-12 cursor-pointer items-center gap-3 py-2 ${done ? "text-muted line-through" : ""}`}>
              <input
                type="checkbox"
                checked={done}
                onChange={() => setReady(done ? ready.filter((i) => i !== index) : [...ready, index])}
                className="size-5 shrink-0 accent-(--accent)"
              />
              <span className="flex-1">
                {name}
                {note && <span className="text-muted">, {note}</span>}
              </span>
              <span className="shrink-0 font-semibold tabular-nums">{formatAmount(amount, unit)}</span>
            </label>
          </li>
        );
      })}
    </ul>
  );
}
