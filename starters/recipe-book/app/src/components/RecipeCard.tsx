import { Clock } from "lucide-react";
import { DishArt } from "../art/DishArt";
import { isOn } from "../config";
import { duration, type RecipeText } from "../recipe";
import { linkTo } from "../useRoute";
import { FavouriteButton } from "./FavouriteButton";

interface Props {
  recipe: RecipeText;
  favourite: boolean;
  onFavour: () => void;
}

/** A recipe in the overview. The whole card leads to it. */
export function RecipeCard({ recipe, favourite, onFavour }: Props) {
  return (
    <li className="group relative">
      <div className="relative overflow-hidden rounded-3xl">
        <DishArt
          art={recipe.art}
          className="aspect-4/3 w-full transition-transform duration-500 ease-out group-hover:scale-105"
        />
      </div>
      <h3 className="mt-2.5 leading-snug font-semibold text-pretty">
        <a
          href={linkTo("recipe", recipe.id)}
          className="after:absolute after:inset-0 after:rounded-3xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-4 focus-visible:after:outline-accent"
        >
          {recipe.title}
        </a>
      </h3>
      <p className="mt-0.5 flex items-center gap-1.5 text-sm text-muted">
        <Clock size={14} aria-hidden className="shrink-0" />
        {duration(recipe.prep + recipe.cook)}
        {recipe.tags[0] && <span className="truncate">· {recipe.tags[0]}</span>}
      </p>
      {isOn("favourites") && (
        <FavouriteButton title={recipe.title} on={favourite} onToggle={onFavour} className="absolute top-2 right-2 z-10" />
      )}
    </li>
  );
}
