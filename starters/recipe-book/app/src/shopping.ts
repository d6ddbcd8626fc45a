import { formatAmount, scaled } from "./amounts";
import { ingredientsOf, newId, type RecipeText } from "./recipe";

export interface ShoppingItem {
  id: string;
  name: string;
  /** Amounts of the same unit are added up. */
  amount: number | null;
  unit: string;
  /** Titles of the recipes that need it. */
  from: string[];
  done: boolean;
}

/** The list with everything that a recipe needs, scaled; what is on it already grows. */
export function addRecipe(list: ShoppingItem[], recipe: RecipeText, factor: number): ShoppingItem[] {
  return ingredientsOf(recipe).reduce((now, ingredient) => {
    const { name, amount, unit } = scaled(ingredient, factor);
    return put(now, { id: newId(), name, amount, unit, from: [recipe.title], done: false });
  }, list);
}

export function addItem(list: ShoppingItem[], name: string): ShoppingItem[] {
  return name.trim() === "" ? list : put(list, { id: newId(), name: name.trim(), amount: null, unit: "", from: [], done: false });
}

function put(list: ShoppingItem[], item: ShoppingItem): ShoppingItem[] {
  const same = list.find(
    (other) => !other.done && other.unit === item.unit && other.name.toLowerCase() === item.name.toLowerCase(),
  );
  if (!same) return [...list, item];
  const amount = same.amount === null && item.amount === null ? null : (same.amount ?? 0) + (item.amount ?? 0);
  const merged = { ...same, amount, from: [...new Set([...same.from, ...item.from])] };
  return list.map((other) => (other.id === same.id ? merged : other));
}

export const toggled = (list: ShoppingItem[], id: string): ShoppingItem[] =>
  list.map((item) => (item.id === id ? { ...item, done: !item.done } : item));

export const withoutDone = (list: ShoppingItem[]): ShoppingItem[] => list.filter((item) => !item.done);

/** What is still to buy, as text to send to somebody. */
export const asText = (list: ShoppingItem[]): string =>
  withoutDone(list)
    .map((item) => `- ${[formatAmount(item.amount, item.unit), item.name].filter(Boolean).join(" ")}`)
    .join("\n");
