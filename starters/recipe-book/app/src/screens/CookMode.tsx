import { ArrowLeft, ArrowRight, Timer as TimerIcon, X } from "lucide-react";
import { useEffect, useState } from "react";
import { TimerBar } from "../components/TimerBar";
import { IngredientList } from "../components/IngredientList";
import { Sheet } from "../components/Sheet";
import { config } from "../config";
import { duration, type RecipeText, stepsOf } from "../recipe";
import { useAwake } from "../useAwake";
import { go } from "../useRoute";
import type { TimerStore } from "../useTimers";

/** One step at a time, in letters that can be read from the stove. Arrow keys turn the page. */
export function CookMode({ recipe, servings, timers }: { recipe: RecipeText; servings: number; timers: TimerStore }) {
  const steps = stepsOf(recipe);
  const [at, setAt] = useState(0);
  const [listOpen, setListOpen] = useState(false);
  const step = steps[at];
  const last = at === steps.length;
  const turn = (by: number) => setAt((now) => Math.max(0, Math.min(steps.length, now + by)));
  const leave = () => go("recipe", recipe.id);
  useAwake();

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      if (by !== 0) setAt((now) => Math.max(0, Math.min(steps.length, now + by)));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [steps.length]);

  return (
    <main className="flex min-h-dvh flex-col bg-canvas px-4 pt-[max(0.75rem,env(safe-area-inset-top))] pb-[max(1rem,env(safe-area-inset-bottom))] sm:px-8">
      <header className="mx-auto flex w-full max-w-3xl items-center gap-3">
        <button
          type="button"
          aria-label="Leave cooking mode"
          onClick={leave}
          className="-ml-2 grid size-11 shrink-0 place-items-center rounded-xl text-muted hover:bg-sunken"
        >
          <X size={22} aria-hidden />
        </button>
        <h1 className="min-w-0 flex-1 truncate font-semibold">{recipe.title}</h1>
        <button
          type="button"
          onClick={() => setListOpen(true)}
          className="min-h-11 shrink-0 rounded-xl border border-line bg-surface px-4 text-sm font-medium hover:bg-sunken"
        >
          {config.words.ingredients}
        </button>
      </header>
      <ol aria-hidden className="mx-auto mt-3 flex w-full max-w-3xl gap-1.5">
        {steps.map((_, index) => (
          <li
            key={index}
            className={`h-1.5 flex-1 rounded-full transition-colors ${index < at ? "bg-accent" : index === at ? "bg-accent/60" : "bg-line"}`}
          />
        ))}
      </ol>

      <div aria-live="polite" className="mx-auto flex w-full max-w-3xl flex-1 flex-col justify-center py-8">
        {step ? (
          <div key={at} className="appear">
            <p className="text-sm font-semibold text-accent">
              Step {at + 1} of {steps.length}
            </p>
            <p className="mt-3 text-2xl leading-snug font-semibold text-pretty sm:text-4xl sm:leading-snug">{step.text}</p>
            {step.minutes !== null && (
              <button
                type="button"
                onClick={() => timers.begin(`${recipe.id}-${at}`, `${recipe.title}, step ${at + 1}`, step.minutes ?? 0)}
                className="mt-8 inline-flex min-h-14 items-center gap-2.5 rounded-2xl border-2 border-accent px-6 text-lg font-semibold text-accent hover:bg-accent-soft"
              >
                <TimerIcon size={22} aria-hidden />
                Start {duration(step.minutes)}
              </button>
            )}
          </div>
        ) : (
          <div className="appear text-center">
            <p className="text-4xl font-bold tracking-tight">{config.words.finished}</p>
            <p className="mt-2 text-muted">{recipe.title} is ready.</p>
          </div>
        )}
      </div>

      <TimerBar store={timers} className="pb-4" />
      <footer className="mx-auto flex w-full max-w-3xl gap-3">
        <button
          type="button"
          disabled={at === 0}
          onClick={() => turn(-1)}
          className="flex min-h-14 flex-1 items-center justify-center gap-2 rounded-2xl border border-line bg-surface font-semibold hover:bg-sunken disabled:cursor-default disabled:opacity-40"
        >
          <ArrowLeft size={20} aria-hidden /> Back
        </button>
        <button
          type="button"
          onClick={() => (last ? leave() : turn(1))}
          className="flex min-h-14 flex-2 items-center justify-center gap-2 rounded-2xl bg-accent font-semibold text-on-accent hover:bg-accent-strong"
        >
          {last ? "Done" : at === steps.length - 1 ? "Finish" : "Next"} {!last && <ArrowRight size={20} aria-hidden />}
        </button>
      </footer>
      {listOpen && (
        <Sheet title={config.words.ingredients} onClose={() => setListOpen(false)}>
          <IngredientList recipe={recipe} factor={servings / recipe.servings} />
        </Sheet>
      )}
    </main>
  );
}
