import { ArrowLeft, ChefHat, Clock, Flame, Pencil, ShoppingBasket, Trash2 } from "lucide-react";
import { DishArt } from "../art/DishArt";
import { FavouriteButton } from "../components/FavouriteButton";
import { fieldText } from "../components/fields";
import { IngredientList } from "../components/IngredientList";
import { Servings } from "../components/Servings";
import { capitalise, config, isOn } from "../config";
import { duration, type RecipeText, stepsOf } from "../recipe";
import type { BookStore } from "../useBook";
import { go, linkTo } from "../useRoute";

interface Props {
  recipe: RecipeText;
  store: BookStore;
  servings: number;
  onServings: (servings: number) => void;
  onEdit: () => void;
}

const round = "grid size-11 place-items-center rounded-full bg-surface/90 text-ink shadow-card backdrop-blur";

/** One recipe: picture, what is needed and what to do. */
export function RecipePage({ recipe, store, servings, onServings, onEdit }: Props) {
  const factor = servings / recipe.servings;
  const { words } = config;
  const remove = () => {
    store.remove(recipe);
    go("recipes");
  };

  return (
    <article className="lg:grid lg:grid-cols-[22rem_minmax(0,1fr)] lg:gap-x-12 lg:gap-y-8">
      <div className="relative -mx-4 -mt-5 overflow-hidden sm:mx-0 sm:mt-0 sm:rounded-3xl lg:col-span-2">
        <DishArt art={recipe.art} className="h-72 w-full lg:h-96" />
        <div className="absolute inset-x-4 top-[max(1rem,env(safe-area-inset-top))] flex gap-2">
          <a href={linkTo("recipes")} aria-label={`All ${words.many}`} className={`${round} mr-auto`}>
            <ArrowLeft size={20} aria-hidden />
          </a>
          <button type="button" aria-label={`Edit ${recipe.title}`} onClick={onEdit} className={round}>
            <Pencil size={18} aria-hidden />
          </button>
          <button type="button" aria-label={`Delete ${recipe.title}`} onClick={remove} className={round}>
            <Trash2 size={18} aria-hidden />
          </button>
          {isOn("favourites") && (
            <FavouriteButton
              title={recipe.title}
              on={store.favourites.includes(recipe.id)}
              onToggle={() => store.favour(recipe.id)}
            />
          )}
        </div>
      </div>

      <header className="relative -mx-4 -mt-8 rounded-t-3xl bg-canvas px-4 pt-6 sm:mx-0 sm:mt-0 sm:px-0 lg:col-span-2 lg:pt-0">
        <h1 className="text-3xl leading-tight font-bold tracking-tight text-balance lg:text-5xl">{recipe.title}</h1>
        <p className="mt-2 max-w-2xl text-pretty text-muted lg:text-lg">{recipe.summary}</p>
        <Facts recipe={recipe} />
        {isOn("cooking") && recipe.steps.length > 0 && (
          <a
            href={linkTo("cook", recipe.id)}
            className="mt-5 flex min-h-13 items-center justify-center gap-2 rounded-2xl bg-accent px-6 font-semibold text-on-accent hover:bg-accent-strong sm:inline-flex"
          >
            <ChefHat size={20} aria-hidden />
            {words.cook}
          </a>
        )}
      </header>

      <section aria-labelledby="ingredients" className="mt-8 lg:mt-0">
        <div className="mb-2 flex flex-wrap items-center justify-between gap-3">
          <h2 id="ingredients" className="text-xl font-bold tracking-tight">
            {capitalise(words.ingredients)}
          </h2>
          <Servings value={servings} onChange={onServings} />
        </div>
        <IngredientList recipe={recipe} factor={factor} />
        {isOn("shopping") && (
          <button
            type="button"
            onClick={() => store.buy(recipe, factor)}
            className="mt-3 flex min-h-12 w-full items-center justify-center gap-2 rounded-2xl border border-line bg-surface font-semibold hover:bg-sunken"
          >
            <ShoppingBasket size={18} aria-hidden />
            Add to the {words.shopping.toLowerCase()} list
          </button>
        )}
      </section>

      <section aria-labelledby="steps" className="mt-8 lg:mt-0">
        <h2 id="steps" className="mb-4 text-xl font-bold tracking-tight">
          {capitalise(words.steps)}
        </h2>
        <ol className="space-y-6">
          {stepsOf(recipe).map((step, index) => (
            <li key={index} className="flex gap-4">
              <span
                aria-hidden
                className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-bold text-accent"
              >
                {index + 1}
              </span>
              <div className="min-w-0 pt-1">
                <p className="leading-relaxed text-pretty">{step.text}</p>
                {step.minutes !== null && (
                  <p className="mt-1 inline-flex items-center gap-1.5 text-sm font-medium text-muted">
                    <Clock size={14} aria-hidden />
                    {duration(step.minutes)}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ol>
      </section>
    </article>
  );
}

function Facts({ recipe }: { recipe: RecipeText }) {
  const fields = config.fields
    .map((field) => ({ field, text: fieldText(field, recipe.values[field.id]) }))
    .filter(({ text }) => text !== "");
  return (
    <ul className="mt-4 flex flex-wrap gap-2 text-sm">
      <li className="inline-flex items-center gap-1.5 rounded-full bg-surface px-3 py-1.5 font-medium">
        <Clock size={15} aria-hidden className="text-accent" />
        {duration(recipe.prep)} work
      </li>
      {recipe.cook > 0 && (
        <li className="inline-flex items-center gap-1.5 rounded-full bg-surface px-3 py-1.5 font-medium">
          <Flame size={15} aria-hidden className="text-accent" />
          {duration(recipe.cook)} cooking
        </li>
      )}
      {fields.map(({ field, text }) => (
        <li key={field.id} title={field.label} className="rounded-full bg-surface px-3 py-1.5 font-medium">
          {text}
        </li>
      ))}
      {recipe.tags.map((tag) => (
        <li key={tag} className="rounded-full border border-line px-3 py-1.5 text-muted">
          {tag}
        </li>
      ))}
    </ul>
  );
}
