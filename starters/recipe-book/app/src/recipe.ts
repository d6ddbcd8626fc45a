import { type Ingredient, parseIngredient } from "./amounts";

export type Value = string | number | boolean | string[];

/** A recipe as it is written down: one line for each ingredient and step. */
export interface RecipeText {
  id: string;
  title: string;
  summary: string;
  /** Name of a picture in art/dishes.tsx. */
  art: string;
  servings: number;
  /** Minutes of work, and of cooking. */
  prep: number;
  cook: number;
  tags: string[];
  /** What the configured fields hold, by their id. */
  values: Record<string, Value>;
  /** "200 g spaghetti, broken": amount, unit, name, note. */
  ingredients: string[];
  /** "Simmer gently. (8 min)": minutes in brackets become a timer. */
  steps: string[];
}

export interface Step {
  text: string;
  /** Null when there is nothing to wait for. */
  minutes: number | null;
}

export const newId = (): string => Math.random().toString(36).slice(2, 10);

export const blankRecipe = (): RecipeText => ({
  id: newId(),
  title: "",
  summary: "",
  art: "bowl",
  servings: 4,
  prep: 10,
  cook: 20,
  tags: [],
  values: {},
  ingredients: [],
  steps: [],
});

export const ingredientsOf = (recipe: RecipeText): Ingredient[] => recipe.ingredients.map(parseIngredient);

export const stepsOf = (recipe: RecipeText): Step[] => recipe.steps.map(parseStep);

export function parseStep(line: string): Step {
  const found = /\s*\((\d+(?:[.,]\d+)?)\s*(min|minutes?|h|hours?)\)\s*$/i.exec(line);
  if (!found) return { text: line.trim(), minutes: null };
  const number = Number((found[1] ?? "").replace(",", "."));
  return { text: line.slice(0, found.index).trim(), minutes: /^h/i.test(found[2] ?? "") ? number * 60 : number };
}

/** "50 min" or "1 h 15 min". */
export function duration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  return [hours > 0 ? `${hours} h` : "", rest > 0 || hours === 0 ? `${rest} min` : ""].filter(Boolean).join(" ");
}

export interface Query {
  text: string;
  tag: string | null;
}

/** Whether every word of the query is somewhere in the recipe, and the tag too. */
export function matches(recipe: RecipeText, { text, tag }: Query): boolean {
  if (tag !== null && !recipe.tags.includes(tag)) return false;
  const all = plain(
    [
      recipe.title,
      recipe.summary,
      ...recipe.tags,
      ...recipe.ingredients,
      ...Object.values(recipe.values).flat().map(String),
    ].join(" "),
  );
  return plain(text)
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** Lower case and without accents: "jalapeno" finds "Jalapeño". */
const plain = (text: string): string => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** Every tag, the most used first. */
export function tagsOf(recipes: RecipeText[]): string[] {
  const counts = new Map<string, number>();
  for (const tag of recipes.flatMap((recipe) => recipe.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag);
}

/** What the samples of config.json stand for; unknown ids are left out, missing parts filled in. */
export function openBook(samples: (string | Partial<RecipeText>)[], included: RecipeText[]): RecipeText[] {
  return samples.flatMap((sample) => {
    if (typeof sample !== "string") return [{ ...blankRecipe(), id: sample.title ? slug(sample.title) : newId(), ...sample }];
    return included.filter((recipe) => recipe.id === sample);
  });
}

const slug = (title: string): string =>
  plain(title)
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
