import type { Section } from "../config";

export function Numbers({ section }: { section: Section }) {
  return (
    <section aria-label={section.title} className="mx-auto max-w-6xl px-5 pt-16 sm:px-8 sm:pt-20">
      <dl className="grid gap-8 border-y border-line py-10 text-center sm:grid-flow-col sm:auto-cols-fr sm:divide-x sm:divide-line">
        {section.items?.map((item) => (
          <div key={item.text} className="flex flex-col-reverse gap-1 px-4">
            <dt className="text-muted">{item.text}</dt>
            <dd className="text-4xl font-semibold tracking-tight tabular-nums">{item.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
