import { Plus } from "lucide-react";
import { useState } from "react";
import { Featured } from "../components/Featured";
import { Finder } from "../components/Finder";
import { RecipeCard } from "../components/RecipeCard";
import { ThemeButton } from "../components/ThemeButton";
import { config, sectionTitle } from "../config";
import { matches, type Query, type RecipeText, tagsOf } from "../recipe";
import type { BookStore } from "../useBook";

const ALL: Query = { text: "", tag: null };

/** All recipes, or only the favourites. */
export function Recipes({ store, onlyFavourites, onNew }: { store: BookStore; onlyFavourites: boolean; onNew: () => void }) {
  const [query, setQuery] = useState(ALL);
  const { words } = config;
  const shelf = onlyFavourites ? store.recipes.filter((recipe) => store.favourites.includes(recipe.id)) : store.recipes;
  const found = shelf.filter((recipe) => matches(recipe, query));
  const searching = query.text.trim() !== "" || query.tag !== null;
  const featured = sectionTitle("featured");
  const tonight = featured && !onlyFavourites && !searching ? pickOfTheDay(found) : undefined;

  return (
    <>
      <header className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h1 className="line-clamp-4 text-3xl font-bold tracking-tight wrap-anywhere text-balance lg:text-4xl">
            {onlyFavourites ? words.favourites : config.title}
          </h1>
          {!onlyFavourites && config.tagline && <p className="mt-1 text-muted">{config.tagline}</p>}
        </div>
        <div className="flex shrink-0 gap-2">
          <ThemeButton />
          <button
            type="button"
            onClick={onNew}
            className="inline-flex min-h-11 items-center gap-1.5 rounded-2xl bg-accent px-4 font-semibold text-on-accent hover:bg-accent-strong"
          >
            <Plus size={18} aria-hidden />
            New
          </button>
        </div>
      </header>
      {(shelf.length > 0 || !onlyFavourites) && <Finder query={query} tags={tagsOf(shelf)} onChange={setQuery} />}
      {tonight && <Featured title={featured ?? ""} recipe={tonight} />}
      <section aria-label={words.many}>
        <h2 className="sr-only">{words.many}</h2>
        <p
          role="status"
          className={
            found.length === 0 ? "card grid min-h-48 place-items-center p-8 text-center text-pretty text-muted" : "sr-only"
          }
        >
          {found.length === 0
            ? onlyFavourites && !searching
              ? `Tap the heart on a ${words.one} to keep it here.`
              : words.empty
            : `${found.length} ${found.length === 1 ? words.one : words.many}`}
        </p>
        <ul className="grid grid-cols-2 gap-x-4 gap-y-6 md:grid-cols-3 lg:grid-cols-4 lg:gap-x-6">
          {found.map((recipe) => (
            <RecipeCard
              key={recipe.id}
              recipe={recipe}
              favourite={store.favourites.includes(recipe.id)}
              onFavour={() => store.favour(recipe.id)}
            />
          ))}
        </ul>
      </section>
    </>
  );
}

/** Another one each day. */
function pickOfTheDay(recipes: RecipeText[]): RecipeText | undefined {
  const dinners = recipes.filter(
    (recipe) => recipe.cook > 0 && !recipe.tags.includes("sweet") && !recipe.tags.includes("baking"),
  );
  const choice = dinners.length > 0 ? dinners : recipes;
  return choice[Math.floor(Date.now() / 86_400_000) % choice.length];
}
