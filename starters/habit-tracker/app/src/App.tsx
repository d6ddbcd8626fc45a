import { useState } from "react";
import { HabitSheet } from "./components/HabitSheet";
import { Navigation, type Screen } from "./components/Navigation";
import { Toast } from "./components/Toast";
import { blankHabit, type Habit } from "./habits";
import { Manage } from "./screens/Manage";
import { Progress } from "./screens/Progress";
import { Today } from "./screens/Today";
import { useHabits } from "./useHabits";

export function App() {
  const store = useHabits();
  const [screen, setScreen] = useState<Screen>("today");
  const [open, setOpen] = useState<Habit | null>(null);
  const add = () => setOpen(blankHabit(store.today));

  return (
    <div className="lg:flex">
      <Navigation
        screen={screen}
        onGo={(next) => {
          setScreen(next);
          window.scrollTo(0, 0);
        }}
      />
      <main className="mx-auto w-full max-w-xl space-y-4 px-4 pt-[max(1.25rem,env(safe-area-inset-top))] pb-[calc(6rem+env(safe-area-inset-bottom))] lg:max-w-6xl lg:space-y-6 lg:px-10 lg:py-8">
        {screen === "today" && <Today store={store} onNew={add} onOpen={setOpen} />}
        {screen === "progress" && <Progress store={store} />}
        {screen === "manage" && <Manage store={store} onNew={add} onOpen={setOpen} />}
      </main>
      {open && (
        <HabitSheet
          key={open.id}
          habit={open}
          isNew={!store.habits.some((habit) => habit.id === open.id)}
          today={store.today}
          onSave={store.put}
          onArchive={(habit) => store.archive(habit, true)}
          onClose={() => setOpen(null)}
        />
      )}
      <Toast notice={store.notice} onUndo={store.undo} />
    </div>
  );
}
