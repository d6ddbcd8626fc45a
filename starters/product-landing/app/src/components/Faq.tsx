import { Plus } from "lucide-react";
import type { Section } from "../config";
import { Heading } from "./Heading";

export function Faq({ section }: { section: Section }) {
  return (
    <section id="faq" className="mx-auto max-w-3xl px-5 py-20 sm:px-8 sm:py-28">
      <Heading section={section} />
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
