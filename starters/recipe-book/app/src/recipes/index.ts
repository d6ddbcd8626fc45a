import type { RecipeText } from "../recipe";
import aglioEOlio from "./aglio-e-olio.json";
import bananaBread from "./banana-bread.json";
import chickpeaCurry from "./chickpea-curry.json";
import greekSalad from "./greek-salad.json";
import lemonChicken from "./lemon-chicken.json";
import misoSalmon from "./miso-salmon.json";
import mushroomRisotto from "./mushroom-risotto.json";
import noKneadBread from "./no-knead-bread.json";
import oatCookies from "./oat-cookies.json";
import pancakes from "./pancakes.json";
import shakshuka from "./shakshuka.json";
import tomatoSoup from "./tomato-soup.json";

/** The recipes that come with the app; config.json says which of them are shown. */
export const included: RecipeText[] = [
  aglioEOlio,
  bananaBread,
  chickpeaCurry,
  greekSalad,
  lemonChicken,
  misoSalmon,
  mushroomRisotto,
  noKneadBread,
  oatCookies,
  pancakes,
  shakshuka,
  tomatoSoup,
];
