import { useEffect, useState } from "react";
import { chime } from "./chime";
import { Controls } from "./components/Controls";
import { Goal } from "./components/Goal";
import { Header } from "./components/Header";
import { HistoryList } from "./components/HistoryList";
import { ModeTabs } from "./components/ModeTabs";
import { Rounds } from "./components/Rounds";
import { SettingsDialog } from "./components/SettingsDialog";
import { Statistics } from "./components/Statistics";
import { TaskBox } from "./components/TaskBox";
import { TimerRing } from "./components/TimerRing";
import { config, section } from "./config";
import type { Value } from "./history";
import { load, save } from "./storage";
import { clock } from "./timer";
import { useHistory } from "./useHistory";
import { useSettings } from "./useSettings";
import { useTimer } from "./useTimer";

interface Task {
  name: string;
  values: Record<string, Value>;
}

export function App() {
  const history = useHistory();
  const [settings, setSettings] = useSettings();
  const [task, setTask] = useState<Task>(() => load("focus.task", { name: "", values: {} }));
  const [configuring, setConfiguring] = useState(false);

  const clockwork = useTimer(settings, (ended) => {
    if (settings.sound) chime();
    if (ended.mode !== "focus") return;
    const endedAt = ended.endsAt ?? Date.now();
    history.add({ id: `s-${endedAt}`, endedAt, minutes: ended.length / 60_000, task: task.name.trim(), values: task.values });
  });
  const { timer, left, running, toggle, reset, skip } = clockwork;

  useEffect(() => save("focus.task", task), [task]);
  useEffect(() => {
    document.title = running ? `${clock(left)} · ${config.words[timer.mode]}` : config.title;
  }, [running, left, timer.mode]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inControl = event.target instanceof Element && event.target.closest("input, textarea, select, button, dialog, [role=tab]");
      if (inControl || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === " ") toggle();
      else if (event.key === "r") reset();
      else if (event.key === "s") skip();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });

  const aside = section("goal") ?? section("statistics") ?? section("history");

  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col px-4 pb-10 sm:px-8">
      <Header onSettings={() => setConfiguring(true)} />
      <main className={`grid flex-1 items-start gap-6 ${aside ? "lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)]" : "mx-auto w-full max-w-xl"}`}>
        <section
          aria-label="Timer"
          className="flex flex-col items-center gap-7 rounded-3xl border border-line bg-surface px-4 py-7 shadow-card sm:px-8 sm:py-9 lg:sticky lg:top-6"
        >
          <ModeTabs mode={timer.mode} onChoose={clockwork.choose} />
          <TimerRing timer={timer} left={left} running={running} />
          <Rounds done={timer.round} of={settings.rounds} />
          <Controls running={running} mode={timer.mode} onToggle={toggle} onReset={reset} onSkip={skip} />
          <TaskBox name={task.name} values={task.values} onChange={(name, values) => setTask({ name, values })} />
        </section>
        {aside && (
          <div className="grid gap-6">
            {section("goal") && <Goal sessions={history.sessions} />}
            {section("statistics") && (
              <Statistics sessions={history.sessions} hasSamples={history.hasSamples} onClearSamples={history.clearSamples} />
            )}
            {section("history") && <HistoryList sessions={history.sessions} onRemove={history.remove} />}
          </div>
        )}
      </main>
      {configuring && (
        <SettingsDialog
          settings={settings}
          onSave={(changed) => {
            setSettings(changed);
            clockwork.adopt(changed);
          }}
          onClose={() => setConfiguring(false)}
        />
      )}
    </div>
  );
}
