import { Check, Heart, House, Search, User } from "lucide-react";
import { config } from "../config";

const ROWS = [["Morning walk", "8:10", true], ["Read ten pages", "12:30", true], ["Call Mira", "17:00", false], ["Plan tomorrow", "21:00", false]] as const;

export function Phone() {
  return (
    <div className="relative mx-auto flex max-w-3xl justify-center">
      <div className="absolute inset-x-0 bottom-0 h-3/5 rounded-t-[3rem] bg-linear-to-t from-accent/25 to-accent/0" />
      <div className="relative w-72 rounded-t-[2.75rem] border-x-8 border-t-8 border-ink bg-surface px-5 pt-3 pb-6 text-left shadow-float dark:border-line">
        <div className="mx-auto mb-5 h-6 w-24 rounded-full bg-ink dark:bg-line" />
        <div className="text-xs text-muted">Good morning</div>
        <div className="text-xl font-semibold tracking-tight">{config.title}</div>
        <div className="mt-4 rounded-2xl bg-linear-to-br from-accent to-glow p-4 text-on-accent">
          <div className="text-xs">This week</div>
          <div className="text-3xl font-semibold tabular-nums">5 of 7</div>
          <div className="mt-3 flex gap-1.5">
            {[1, 2, 3, 4, 5, 6, 7].map((day) => <span key={day} className={`h-1.5 flex-1 rounded-full bg-on-accent ${day > 5 ? "opacity-35" : ""}`} />)}
          </div>
        </div>
        <div className="mt-4 space-y-2">
          {ROWS.map(([name, at, done]) => (
            <div key={name} className="flex items-center gap-3 rounded-xl border border-line p-3 text-sm">
              <span className={`grid size-5 place-items-center rounded-full ${done ? "bg-accent text-on-accent" : "border border-line"}`}>{done && <Check size={12} />}</span>
              {name}
              <span className="ml-auto text-xs text-muted tabular-nums">{at}</span>
            </div>
          ))}
        </div>
        <div className="mt-5 flex justify-around border-t border-line pt-4 text-muted">
          <House size={20} className="text-accent" />
          <Search size={20} />
          <Heart size={20} />
          <User size={20} />
        </div>
      </div>
    </div>
  );
}
