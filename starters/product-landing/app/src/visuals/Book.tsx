import { config } from "../config";

export function Book() {
  return (
    <div className="flex justify-center pb-6 perspective-[1200px]">
      <div className="relative aspect-3/4 w-64 rotate-y-[-18deg] rounded-r-xl rounded-l-sm bg-linear-to-br from-accent to-glow p-7 text-left text-on-accent shadow-float sm:w-72">
        <div className="absolute inset-y-0 left-3 w-px bg-on-accent/30" />
        <div className="flex h-full flex-col justify-between pl-3">
          <div className="text-xs font-medium tracking-widest uppercase">{config.words.kind}</div>
          <div>
            <div className="text-3xl leading-tight font-semibold tracking-tight wrap-anywhere">{config.title}</div>
            <div className="mt-3 text-sm">{config.tagline}</div>
          </div>
          <svg viewBox="0 0 120 40" className="w-24">
            <path d="M0 30 Q15 0 30 20 T60 20 T90 20 T120 8" fill="none" stroke="currentColor" strokeWidth="3" strokeLinecap="round" />
          </svg>
        </div>
      </div>
    </div>
  );
}
