import { Plus } from "lucide-react";
import type { Section } from "../config";

export function Faq({ section }: { section: Section }) {
  return (
    <section id="faq" className="mx-auto grid max-w-6xl gap-8 px-5 py-18 sm:px-8 sm:py-24 lg:grid-cols-[1fr_1.6fr] lg:gap-20">
      <div>
        <h2 className="text-4xl font-normal tracking-tight sm:text-5xl">{section.title}</h2>
        {section.text && <p className="mt-4 text-lg text-pretty text-muted">{section.text}</p>}
      </div>
      <div className="divide-y divide-line border-y border-line">
        {section.items?.map((item) => (
          <details key={item.title} className="group">
            <summary className="flex list-none items-center justify-between gap-6 py-5 text-lg font-medium [&::-webkit-details-marker]:hidden">
              {item.title}
              <Plus size={20} aria-hidden className="shrink-0 text-muted transition-transform group-open:rotate-45" />
            </summary>
            <p className="pr-10 pb-6 text-pretty text-muted">{item.text}</p>
          </details>
        ))}
      </div>
    </section>
  );
}
