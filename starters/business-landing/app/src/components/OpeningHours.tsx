import { config, type Section } from "../config";
import { today } from "../hours";
import { OpenBadge } from "./OpenBadge";

export function OpeningHours({ section }: { section: Section }) {
  const now = today(config.hours, new Date());
  return (
    <section id="hours" className="border-t border-line bg-sunken py-18 sm:py-24">
      <div className="mx-auto grid max-w-6xl gap-10 px-5 sm:px-8 lg:grid-cols-2 lg:gap-20">
        <div>
          <h2 className="text-4xl font-normal tracking-tight sm:text-5xl">{section.title}</h2>
          {section.text && <p className="mt-4 text-lg text-pretty text-muted">{section.text}</p>}
          <div className="mt-6">
            <OpenBadge />
          </div>
        </div>
        <table className="w-full text-left">
          <caption className="sr-only">{section.title}</caption>
          <tbody>
            {config.hours.map((day) => (
              <tr key={day.day} className={`border-b border-line ${day === now ? "font-semibold" : ""}`}>
                <th scope="row" className="py-3 font-[inherit]">
                  {day.day}
                  {day === now && <span className="ml-2 rounded-full bg-accent px-2 py-0.5 text-xs font-medium text-on-accent">Today</span>}
                </th>
                <td className="py-3 text-right tabular-nums">{day.open && day.close ? `${day.open} to ${day.close}` : config.words.closed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
