import { type FormEvent, useState } from "react";
import { DishArt } from "../art/DishArt";
import { DISHES } from "../art/dishes";
import { config } from "../config";
import type { RecipeText } from "../recipe";
import { FieldInput } from "./FieldInput";
import { Sheet } from "./Sheet";

interface Props {
  recipe: RecipeText;
  isNew: boolean;
  onSave: (recipe: RecipeText) => void;
  onClose: () => void;
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

/** Everything about a recipe, to write or change it. */
export function RecipeSheet({ recipe, isNew, onSave, onClose }: Props) {
  const [draft, setDraft] = useState(recipe);
  const [ingredients, setIngredients] = useState(recipe.ingredients.join("\n"));
  const [steps, setSteps] = useState(recipe.steps.join("\n"));
  const [tags, setTags] = useState(recipe.tags.join(", "));
  const set = (change: Partial<RecipeText>) => setDraft((now) => ({ ...now, ...change }));
  const { words } = config;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const title = draft.title.trim();
    if (title === "") return;
    const allTags = tags
      .split(",")
      .map((tag) => tag.trim().toLowerCase())
      .filter(Boolean);
    onSave({ ...draft, title, ingredients: lines(ingredients), steps: lines(steps), tags: [...new Set(allTags)] });
    onClose();
  };

  return (
    <Sheet title={isNew ? `New ${words.one}` : `Edit ${words.one}`} onClose={onClose}>
      <form onSubmit={submit} className="space-y-5">
        <Labelled label="Title">
          <input
            required
            autoFocus={isNew}
            maxLength={80}
            value={draft.title}
            onChange={(e) => set({ title: e.target.value })}
            className="control"
          />
        </Labelled>
        <Labelled label="In one sentence">
          <input maxLength={160} value={draft.summary} onChange={(e) => set({ summary: e.target.value })} className="control" />
        </Labelled>
        <ArtPicker art={draft.art} onChange={(art) => set({ art })} />
        <div className="grid grid-cols-3 gap-3">
          <Amount label={words.servings} min={1} value={draft.servings} onChange={(servings) => set({ servings })} />
          <Amount label="Work, min" min={0} value={draft.prep} onChange={(prep) => set({ prep })} />
          <Amount label="Cooking, min" min={0} value={draft.cook} onChange={(cook) => set({ cook })} />
        </div>
        {config.fields.map((field) => (
          <FieldInput
            key={field.id}
            field={field}
            value={draft.values[field.id]}
            onChange={(value) => set({ values: { ...draft.values, [field.id]: value } })}
          />
        ))}
        <Labelled label="Tags">
          <input value={tags} onChange={(e) => setTags(e.target.value)} placeholder="Separate with commas" className="control" />
        </Labelled>
        <Labelled label={`${words.ingredients}, one on each line`}>
          <textarea
            rows={6}
            value={ingredients}
            onChange={(e) => setIngredients(e.target.value)}
            placeholder={"200 g spaghetti\n4 cloves garlic, sliced\nsalt"}
            className="control py-2.5"
          />
        </Labelled>
        <Labelled label={`${words.steps}, one step on each line`} hint="Minutes in brackets become a timer.">
          <textarea
            rows={6}
            value={steps}
            onChange={(e) => setSteps(e.target.value)}
            placeholder={"Boil the water.\nCook the pasta. (9 min)"}
            className="control py-2.5"
          />
        </Labelled>
        <button
          type="submit"
          className="min-h-12 w-full rounded-2xl bg-accent font-semibold text-on-accent hover:bg-accent-strong"
        >
          {isNew ? `Add ${words.one}` : "Save"}
        </button>
      </form>
    </Sheet>
  );
}

function Labelled({ label, hint, children }: { label: string; hint?: string; children: React.ReactNode }) {
  return (
    <label className="block">
      <span className="mb-1.5 block text-sm font-medium">{label}</span>
      {children}
      {hint && <span className="mt-1 block text-sm text-muted">{hint}</span>}
    </label>
  );
}

function Amount({
  label,
  min,
  value,
  onChange,
}: {
  label: string;
  min: number;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <Labelled label={label}>
      <input
        type="number"
        min={min}
        max={999}
        required
        value={value}
        onChange={(e) => onChange(Math.max(min, Math.round(Number(e.target.value)) || min))}
        className="control tabular-nums"
      />
    </Labelled>
  );
}

function ArtPicker({ art, onChange }: { art: string; onChange: (art: string) => void }) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Picture</legend>
      <div className="grid grid-cols-4 gap-2 sm:grid-cols-6">
        {Object.entries(DISHES).map(([name, { label }]) => (
          <label key={name} className="relative">
            <input
              type="radio"
              name="art"
              aria-label={label}
              checked={name === art}
              onChange={() => onChange(name)}
              className="peer absolute inset-0 cursor-pointer opacity-0"
            />
            <DishArt
              art={name}
              className="aspect-4/3 w-full rounded-xl ring-offset-2 ring-offset-(--surface) peer-checked:ring-2 peer-checked:ring-accent peer-focus-visible:ring-2 peer-focus-visible:ring-ink"
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
