import { useEffect, useState } from "react";
import { capitalise, config } from "./config";
import { openBook, type RecipeText } from "./recipe";
import { included } from "./recipes";
import { addItem, addRecipe, type ShoppingItem, toggled, withoutDone } from "./shopping";
import { load, save } from "./storage";

const KEY = "recipes.book";

interface Book {
  recipes: RecipeText[];
  favourites: string[];
  shopping: ShoppingItem[];
}

export interface Notice {
  text: string;
  before: Book;
}

const isBook = (value: unknown): value is Book =>
  typeof value === "object" &&
  value !== null &&
  ["recipes", "favourites", "shopping"].every((key) => Array.isArray((value as Record<string, unknown>)[key]));

/** The recipes, favourites and shopping list, kept in the browser, and everything that can be done with them. */
export function useBook() {
  const [book, setBook] = useState<Book>(() => {
    const saved = load<unknown>(KEY, null);
    return isBook(saved) ? saved : { recipes: openBook(config.samples, included), favourites: [], shopping: [] };
  });
  const [notice, setNotice] = useState<Notice | null>(null);

  useEffect(() => save(KEY, book), [book]);
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(null), 6000);
    return () => clearTimeout(timer);
  }, [notice]);

  const change = (next: Partial<Book>, text: string) => {
    setNotice({ text, before: book });
    setBook({ ...book, ...next });
  };
  const shop = (next: ShoppingItem[]) => setBook((now) => ({ ...now, shopping: next }));

  return {
    ...book,
    notice,
    put: (recipe: RecipeText) => setBook((now) => ({ ...now, recipes: placed(now.recipes, recipe) })),
    remove: (recipe: RecipeText) =>
      change({ recipes: book.recipes.filter((r) => r.id !== recipe.id) }, `${recipe.title} deleted`),
    favour: (id: string) =>
      setBook((now) => ({
        ...now,
        favourites: now.favourites.includes(id) ? now.favourites.filter((f) => f !== id) : [...now.favourites, id],
      })),
    buy: (recipe: RecipeText, factor: number) =>
      change({ shopping: addRecipe(book.shopping, recipe, factor) }, `${capitalise(config.words.ingredients)} are on the list`),
    addToList: (name: string) => shop(addItem(book.shopping, name)),
    toggleItem: (id: string) => shop(toggled(book.shopping, id)),
    clearDone: () => change({ shopping: withoutDone(book.shopping) }, "Ticked items removed"),
    undo: () => {
      if (notice) setBook(notice.before);
      setNotice(null);
    },
  };
}

export type BookStore = ReturnType<typeof useBook>;

const placed = (recipes: RecipeText[], recipe: RecipeText): RecipeText[] =>
  recipes.some((r) => r.id === recipe.id) ? recipes.map((r) => (r.id === recipe.id ? recipe : r)) : [recipe, ...recipes];
