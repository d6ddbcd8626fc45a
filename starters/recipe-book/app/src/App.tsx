import { useEffect, useState } from "react";
import { ArtLight } from "./art/DishArt";
import { Navigation } from "./components/Navigation";
import { RecipeSheet } from "./components/RecipeSheet";
import { TimerBar } from "./components/TimerBar";
import { Toast } from "./components/Toast";
import { blankRecipe, type RecipeText } from "./recipe";
import { CookMode } from "./screens/CookMode";
import { RecipePage } from "./screens/RecipePage";
import { Recipes } from "./screens/Recipes";
import { Shopping } from "./screens/Shopping";
import { useBook } from "./useBook";
import { useRoute } from "./useRoute";
import { useTimers } from "./useTimers";
import { withoutDone } from "./shopping";

export function App() {
  const store = useBook();
  const timers = useTimers();
  const route = useRoute();
  const [open, setOpen] = useState<RecipeText | null>(null);
  const [eaters, setEaters] = useState<Record<string, number>>({});
  const place = JSON.stringify(route);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, [place]);

  const recipe = "id" in route ? store.recipes.find((r) => r.id === route.id) : undefined;

  const servings = recipe ? (eaters[recipe.id] ?? recipe.servings) : 1;

  if (route.page === "cook" && recipe) {
    return (
      <>
        <ArtLight />
        <CookMode key={recipe.id} recipe={recipe} servings={servings} timers={timers} />
      </>
    );
  }
  const page = recipe ? "recipe" : route.page;
  return (
    <div className="lg:flex lg:flex-col">
      <ArtLight />
      <Navigation route={route} toBuy={withoutDone(store.shopping).length} />
      <main className="mx-auto w-full max-w-6xl space-y-5 px-4 pt-[max(1.25rem,env(safe-area-inset-top))] pb-[calc(6.5rem+env(safe-area-inset-bottom))] sm:px-6 lg:space-y-8 lg:px-8 lg:py-8">
        {page === "recipe" && recipe && (
          <RecipePage
            key={recipe.id}
            recipe={recipe}
            store={store}
            servings={servings}
            onServings={(count) => setEaters({ ...eaters, [recipe.id]: count })}
            onEdit={() => setOpen(recipe)}
          />
        )}
        {page === "shopping" && <Shopping store={store} />}
        {page !== "recipe" && page !== "shopping" && (
          <Recipes key={page} store={store} onlyFavourites={page === "favourites"} onNew={() => setOpen(blankRecipe())} />
        )}
      </main>
      {open && (
        <RecipeSheet
          key={open.id}
          recipe={open}
          isNew={!store.recipes.some((r) => r.id === open.id)}
          onSave={store.put}
          onClose={() => setOpen(null)}
        />
      )}
      <div className="pointer-events-none fixed inset-x-4 bottom-[calc(5rem+env(safe-area-inset-bottom))] z-30 flex flex-col items-center gap-2 lg:bottom-6">
        <Toast notice={store.notice} onUndo={store.undo} />
        <TimerBar store={timers} />
      </div>
    </div>
  );
}
