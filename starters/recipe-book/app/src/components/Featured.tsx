import { ArrowRight, Clock, Users } from "lucide-react";
import { DishArt } from "../art/DishArt";
import { duration, type RecipeText } from "../recipe";
import { linkTo } from "../useRoute";

/** One recipe, large: what to cook tonight. */
export function Featured({ title, recipe }: { title: string; recipe: RecipeText }) {
  return (
    <section
      aria-label={title}
      className="group relative grid overflow-hidden rounded-3xl border border-line bg-surface sm:grid-cols-2"
    >
      <div className="overflow-hidden sm:order-2">
        <DishArt
          art={recipe.art}
          className="h-52 w-full transition-transform duration-500 ease-out group-hover:scale-105 sm:h-full sm:min-h-72"
        />
      </div>
      <div className="flex flex-col justify-center gap-3 p-5 sm:p-8 lg:p-10">
        <p className="text-sm font-semibold text-accent">{title}</p>
        <h2 className="text-2xl leading-tight font-bold tracking-tight text-balance lg:text-4xl">
          <a href={linkTo("recipe", recipe.id)} className="after:absolute after:inset-0 after:rounded-3xl">
            {recipe.title}
          </a>
        </h2>
        <p className="text-pretty text-muted lg:text-lg">{recipe.summary}</p>
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted">
          <span className="inline-flex items-center gap-1.5">
            <Clock size={15} aria-hidden />
            {duration(recipe.prep + recipe.cook)}
          </span>
          <span className="inline-flex items-center gap-1.5">
            <Users size={15} aria-hidden />
            {recipe.servings}
          </span>
          <span className="ml-auto hidden items-center gap-1.5 font-semibold text-accent sm:inline-flex">
            Open <ArrowRight size={16} aria-hidden />
          </span>
        </p>
      </div>
    </section>
  );
}
