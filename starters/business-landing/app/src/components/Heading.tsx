import type { Section } from "../config";

export function Heading({ section }: { section: Section }) {
  return (
    <div className="mb-10 max-w-2xl sm:mb-12">
      <h2 className="text-4xl font-normal tracking-tight sm:text-5xl">{section.title}</h2>
      {section.text && <p className="mt-4 text-lg text-pretty text-muted">{section.text}</p>}
    </div>
  );
}
