import type { Section } from "../config";
import { Heading } from "./Heading";

export function Steps({ section }: { section: Section }) {
  return (
    <section id="steps" className="border-y border-line bg-sunken py-20 sm:py-28">
      <div className="mx-auto max-w-6xl px-5 sm:px-8">
        <Heading section={section} />
        <ol className="grid gap-10 md:grid-flow-col md:auto-cols-fr md:gap-6">
          {section.items?.map((item, index) => (
            <li key={item.title} className="relative flex gap-5 md:block">
              {index > 0 && <span aria-hidden className="absolute top-6 right-[calc(100%+1rem)] left-[calc(2.5rem-100%)] hidden border-t-2 border-dashed border-line md:block" />}
              <span className="relative grid size-12 shrink-0 place-items-center rounded-full bg-accent text-lg font-semibold text-on-accent tabular-nums md:mb-5">{index + 1}</span>
              <div>
                <h3 className="text-xl font-semibold tracking-tight">{item.title}</h3>
                <p className="mt-2 max-w-xs text-pretty text-muted">{item.text}</p>
              </div>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
