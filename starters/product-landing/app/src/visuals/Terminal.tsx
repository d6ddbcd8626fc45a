import type { ReactNode } from "react";
import { config } from "../config";

export function Terminal() {
  const command = config.title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return (
    <div className="mx-auto max-w-3xl overflow-hidden rounded-2xl border border-white/10 bg-[oklch(19%_0.02_var(--hue))] text-left font-mono text-sm text-[oklch(92%_0.01_var(--hue))] shadow-float">
      <div className="flex gap-2 border-b border-white/10 px-4 py-3">
        <span className="size-2.5 rounded-full bg-white/20" />
        <span className="size-2.5 rounded-full bg-white/20" />
        <span className="size-2.5 rounded-full bg-white/20" />
      </div>
      <pre className="overflow-hidden p-5 leading-7 sm:p-7">
        <Prompt /> {command} init{"\n"}
        <Dim>  reading 214 files</Dim>{"\n"}
        <Tick /> 3 services found{"\n"}
        <Prompt /> {command} deploy --preview{"\n"}
        <Tick /> built in <Bright>4.1 s</Bright>{"\n"}
        <Tick /> checked 38 of 38{"\n"}
        <Tick /> live at <Bright>https://preview.{command}.dev</Bright>{"\n"}
        <Prompt /> <span className="inline-block h-4 w-2 translate-y-0.5 animate-pulse bg-[oklch(80%_0.13_var(--hue))]" />
      </pre>
    </div>
  );
}

const Prompt = () => <span className="text-[oklch(78%_0.14_var(--hue))]">$</span>;
const Tick = () => <span className="text-[oklch(80%_0.15_155)]">  ✓</span>;
const Dim = ({ children }: { children: string }) => <span className="opacity-60">{children}</span>;
const Bright = ({ children }: { children: ReactNode }) => <span className="font-semibold text-white">{children}</span>;
