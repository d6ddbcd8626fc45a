import { Check } from "lucide-react";
import { useState } from "react";
import { config, type Item, mailto, type Section } from "../config";
import { Heading } from "./Heading";

/** Two months are free when a year is paid at once. */
const MONTHS_PAID = 10;

export function Pricing({ section }: { section: Section }) {
  const [yearly, setYearly] = useState(false);
  const periods = [config.words.monthly, config.words.yearly];
  return (
    <section id="pricing" className="mx-auto max-w-6xl px-5 py-20 sm:px-8 sm:py-28">
      <Heading section={section} />
      <div role="group" aria-label="How you pay" className="mx-auto mb-10 flex w-fit rounded-full border border-line bg-sunken p-1">
        {periods.map((name, index) => (
          <button
            key={name}
            type="button"
            aria-pressed={yearly === (index === 1)}
            onClick={() => setYearly(index === 1)}
            className="rounded-full px-5 py-2 text-sm font-medium text-muted transition-colors aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-card"
          >
            {name}
          </button>
        ))}
      </div>
      <ul className="grid items-stretch gap-4 md:grid-flow-col md:auto-cols-fr">
        {section.items?.map((plan) => <Plan key={plan.name} plan={plan} currency={section.currency ?? "$"} yearly={yearly} />)}
      </ul>
    </section>
  );
}

function Plan({ plan, currency, yearly }: { plan: Item; currency: string; yearly: boolean }) {
  const price = plan.price ?? 0;
  const monthly = yearly ? (price * MONTHS_PAID) / 12 : price;
  return (
    <li className={`relative flex flex-col rounded-2xl border bg-surface p-7 ${plan.popular ? "border-accent shadow-float" : "border-line"}`}>
      {plan.popular && (
        <span className="absolute -top-3 left-7 rounded-full bg-accent px-3 py-1 text-xs font-medium text-on-accent">{config.words.popular}</span>
      )}
      <h3 className="text-lg font-semibold">{plan.name}</h3>
      <p className="mt-1 text-sm text-pretty text-muted">{plan.text}</p>
      <p className="mt-6 flex items-baseline gap-1">
        <span className="text-5xl font-semibold tracking-tight tabular-nums">
          {currency}
          {Number.isInteger(monthly) ? monthly : monthly.toFixed(2)}
        </span>
        <span className="text-sm text-muted">{price > 0 ? "per month" : "for ever"}</span>
      </p>
      <p className="mt-1 h-5 text-sm text-muted">{yearly && price > 0 ? `${currency}${price * MONTHS_PAID} a year, two months free` : ""}</p>
      <ul className="mt-6 mb-8 grid gap-2.5 text-sm">
        {plan.features?.map((feature) => (
          <li key={feature} className="flex gap-2.5">
            <Check size={18} aria-hidden className="mt-px shrink-0 text-accent" />
            {feature}
          </li>
        ))}
      </ul>
      <a
        href={mailto}
        className={`mt-auto inline-flex h-11 items-center justify-center rounded-xl px-5 text-sm font-medium transition-colors ${
          plan.popular ? "bg-accent text-on-accent hover:bg-accent-strong" : "border border-line hover:bg-sunken"
        }`}
      >
        {plan.cta}
        <span className="sr-only">: {plan.name}</span>
      </a>
    </li>
  );
}
