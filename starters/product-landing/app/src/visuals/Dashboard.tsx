import { config } from "../config";

const BARS = [38, 52, 45, 64, 58, 72, 66, 81, 76, 92, 85, 100];
const LINE = "M0 78 C40 70 60 40 100 48 S160 70 200 44 260 20 300 30 360 10 400 6";

export function Dashboard() {
  return (
    <div className="overflow-hidden rounded-2xl border border-line bg-surface text-left shadow-float">
      <div className="flex items-center gap-2 border-b border-line px-4 py-3">
        <span className="size-2.5 rounded-full bg-line" />
        <span className="size-2.5 rounded-full bg-line" />
        <span className="size-2.5 rounded-full bg-line" />
        <span className="mx-auto rounded-md bg-sunken px-10 py-1 text-xs text-muted">{config.title.toLowerCase().replace(/\s+/g, "")}.app</span>
      </div>
      <div className="grid sm:grid-cols-[11rem_1fr]">
        <div className="hidden space-y-2 border-r border-line p-4 sm:block">
          {["Overview", "Sales", "Customers", "Costs", "Team"].map((name, i) => (
            <div key={name} className={`rounded-lg px-3 py-2 text-sm ${i === 0 ? "bg-accent-soft font-medium text-accent-strong" : "text-muted"}`}>{name}</div>
          ))}
        </div>
        <div className="grid gap-4 p-4 sm:p-6">
          <div className="grid grid-cols-3 gap-3 sm:gap-4">
            {[["Revenue", "$48.2k", "+12 %"], ["Orders", "1,204", "+8 %"], ["Returns", "1.9 %", "−0.4"]].map(([name, value, change]) => (
              <div key={name} className="rounded-xl border border-line p-3 sm:p-4">
                <div className="text-xs text-muted">{name}</div>
                <div className="mt-1 text-lg font-semibold tracking-tight tabular-nums sm:text-2xl">{value}</div>
                <div className="mt-1 text-xs font-medium text-accent-strong">{change}</div>
              </div>
            ))}
          </div>
          <div className="grid gap-4 lg:grid-cols-[1.6fr_1fr]">
            <div className="rounded-xl border border-line p-4">
              <div className="mb-4 text-sm font-medium">Are we growing?</div>
              <svg viewBox="0 0 400 100" className="h-32 w-full sm:h-44" preserveAspectRatio="none">
                <defs>
                  <linearGradient id="area" x1="0" y1="0" x2="0" y2="1">
                    <stop offset="0" stopColor="var(--accent)" stopOpacity=".28" />
                    <stop offset="1" stopColor="var(--accent)" stopOpacity="0" />
                  </linearGradient>
                </defs>
                {[20, 45, 70, 95].map((y) => <line key={y} x1="0" x2="400" y1={y} y2={y} stroke="var(--line)" strokeWidth="1" vectorEffect="non-scaling-stroke" />)}
                <path d={`${LINE} V100 H0 Z`} fill="url(#area)" />
                <path d={LINE} fill="none" stroke="var(--accent)" strokeWidth="2.5" vectorEffect="non-scaling-stroke" />
              </svg>
            </div>
            <div className="hidden rounded-xl border border-line p-4 lg:block">
              <div className="mb-4 text-sm font-medium">Orders by month</div>
              <div className="flex h-44 items-end gap-1.5">
                {BARS.map((height, i) => (
                  <div key={height} className={`flex-1 rounded-t ${i === BARS.length - 1 ? "bg-accent" : "bg-accent/30"}`} style={{ height: `${height}%` }} />
                ))}
              </div>
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}
