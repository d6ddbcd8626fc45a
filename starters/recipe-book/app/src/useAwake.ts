import { useEffect } from "react";

/** Keeps the screen on while a person cooks, where the browser can. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let gone = false;
    navigator.wakeLock?.request("screen").then(
      (granted) => {
        lock = granted;
        if (gone) void granted.release();
      },
      () => undefined,
    );
    return () => {
      gone = true;
      void lock?.release();
    };
  }, []);
}
