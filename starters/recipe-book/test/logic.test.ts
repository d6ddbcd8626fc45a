import { describe, expect, it } from "vitest";
import { formatAmount, parseIngredient, scaled } from "../app/src/amounts";
import { DISHES } from "../app/src/art/dishes";
import { config } from "../app/src/config";
import { duration, ingredientsOf, matches, openBook, parseStep, stepsOf, tagsOf } from "../app/src/recipe";
import { included } from "../app/src/recipes";
import { addItem, addRecipe, asText, toggled, withoutDone } from "../app/src/shopping";
import { addMinute, clock, due, isRinging, pause, resume, secondsLeft, start } from "../app/src/timers";
import { linkTo, parseRoute } from "../app/src/useRoute";

const find = (id: string) => {
  const recipe = included.find((r) => r.id === id);
  if (!recipe) throw new Error(`no recipe ${id}`);
  return recipe;
};

describe("ingredients", () => {
  it.each([
    ["200 g spaghetti", { amount: 200, unit: "g", name: "spaghetti", note: "" }],
    ["1.5 tbsp white miso, sieved", { amount: 1.5, unit: "tbsp", name: "white miso", note: "sieved" }],
    ["1,5 l water", { amount: 1.5, unit: "l", name: "water", note: "" }],
    ["½ lemon", { amount: 0.5, unit: "", name: "lemon", note: "" }],
    ["1½ cups flour", { amount: 1.5, unit: "cups", name: "flour", note: "" }],
    ["1 1/2 onions", { amount: 1.5, unit: "", name: "onions", note: "" }],
    ["8 chicken thighs, bone in", { amount: 8, unit: "", name: "chicken thighs", note: "bone in" }],
    ["salt", { amount: null, unit: "", name: "salt", note: "" }],
    ["bread, to serve", { amount: null, unit: "", name: "bread", note: "to serve" }],
    ["", { amount: null, unit: "", name: "", note: "" }],
  ])("reads %j", (line, expected) => expect(parseIngredient(line)).toEqual(expected));

  it.each<[number | null, string, string]>([
    [0.5, "tsp", "½ tsp"],
    [1.25, "", "1¼"],
    [2 / 3, "cup", "⅔ cup"],
    [2.999, "tbsp", "3 tbsp"],
    [1.4, "cloves", "1.4 cloves"],
    [237, "ml", "235 ml"],
    [1250, "g", "1.25 kg"],
    [0.4, "kg", "400 g"],
    [null, "", ""],
  ])("writes %j %s as %s", (amount, unit, text) => expect(formatAmount(amount, unit)).toBe(text));

  it("scale, but not what has no amount", () => {
    expect(scaled(parseIngredient("300 g rice"), 1.5).amount).toBe(450);
    expect(scaled(parseIngredient("salt"), 3).amount).toBeNull();
  });
});

describe("steps", () => {
  it("find the minutes to wait", () => {
    expect(parseStep("Simmer. (8 min)")).toEqual({ text: "Simmer.", minutes: 8 });
    expect(parseStep("Rise (1.5 h)")).toEqual({ text: "Rise", minutes: 90 });
    expect(parseStep("Stir (gently).")).toEqual({ text: "Stir (gently).", minutes: null });
  });
  it("say how long in words", () => {
    expect([duration(5), duration(60), duration(75), duration(0)]).toEqual(["5 min", "1 h", "1 h 15 min", "0 min"]);
  });
});

describe("the included recipes", () => {
  it("are whole: a picture, ingredients, steps, and every sample exists", () => {
    expect(included.length).toBeGreaterThanOrEqual(8);
    for (const recipe of included) {
      expect(DISHES).toHaveProperty(recipe.art);
      expect(ingredientsOf(recipe).every((ingredient) => ingredient.name !== "")).toBe(true);
      expect(stepsOf(recipe).length).toBeGreaterThanOrEqual(4);
      expect(recipe.servings).toBeGreaterThan(0);
    }
    expect(openBook(config.samples, included)).toHaveLength(config.samples.length);
  });
  it("are found by words, without accents, and by tag", () => {
    const titles = (text: string, tag: string | null = null) =>
      included.filter((r) => matches(r, { text, tag })).map((r) => r.id);
    expect(titles("CHICKPEA coconut")).toEqual(["chickpea-curry"]);
    expect(titles("mushróom")).toEqual(["mushroom-risotto"]);
    expect(titles("", "baking")).toEqual(["banana-bread", "no-knead-bread", "oat-cookies"]);
    expect(titles("unicorn")).toEqual([]);
    expect(tagsOf(included)[0]).toBe("vegetarian");
  });
  it("may be replaced by whole recipes in config.json", () => {
    expect(openBook([{ title: "Crème brûlée", steps: ["Burn it."] }, "no-such-id"], included)).toEqual([
      expect.objectContaining({ id: "creme-brulee", servings: 4, ingredients: [], steps: ["Burn it."] }),
    ]);
  });
});

describe("the shopping list", () => {
  it("adds up equal things of the same unit", () => {
    const list = addRecipe(addRecipe([], find("aglio-e-olio"), 2), find("tomato-soup"), 1);
    expect(list.find((item) => item.name === "garlic")).toMatchObject({
      amount: 13,
      unit: "cloves",
      from: ["Spaghetti aglio e olio", "Roasted tomato soup"],
    });
    expect(list.filter((item) => item.name === "olive oil").map((item) => item.unit)).toEqual(["ml", "tbsp"]);
  });
  it("takes own items, ticks, clears and becomes text", () => {
    const list = addItem(addItem(addItem([], "Milk"), "milk "), "  ");
    expect(list).toHaveLength(1);
    const ticked = toggled(list, list[0]?.id ?? "");
    expect(withoutDone(ticked)).toEqual([]);
    expect(addItem(ticked, "Milk")).toHaveLength(2);
    expect(asText([...list, { ...list[0], id: "x", name: "rice", amount: 1500, unit: "g", from: [], done: false }])).toBe(
      "- Milk\n- 1.5 kg rice",
    );
  });
});

describe("timers", () => {
  const timer = start("a", "Rice", 2, 1000);
  it("count down and ring once", () => {
    expect(secondsLeft(timer, 31_000)).toBe(90);
    expect([isRinging(timer, 120_999), isRinging(timer, 121_000)]).toEqual([false, true]);
    expect(due([timer, { ...timer, rung: true }], 121_000)).toEqual([timer]);
  });
  it("pause, go on and take a minute more", () => {
    const paused = pause(timer, 61_000);
    expect([secondsLeft(paused, 999_999), isRinging(paused, 999_999)]).toEqual([60, false]);
    expect(secondsLeft(resume(paused, 200_000), 230_000)).toBe(30);
    expect(secondsLeft(addMinute(timer, 130_000), 130_000)).toBe(60);
    expect(addMinute(paused, 0).left).toBe(120);
  });
  it("are shown as a clock", () => expect([clock(65), clock(3720)]).toEqual(["1:05", "1:02:00"]));
});

describe("addresses", () => {
  it("lead somewhere, whatever they say", () => {
    expect(parseRoute(linkTo("recipe", "a b/ü"))).toEqual({ page: "recipe", id: "a b/ü" });
    expect(
      [parseRoute(""), parseRoute("#/shopping"), parseRoute("#/recipe/"), parseRoute("#/nowhere/x")].map((r) => r.page),
    ).toEqual(["recipes", "shopping", "recipes", "recipes"]);
  });
});
