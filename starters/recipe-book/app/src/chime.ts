/** Three soft notes, and a buzz on phones: a timer is over. Silent where the browser does not allow it. */
export function chime(): void {
  navigator.vibrate?.([200, 100, 200]);
  if (typeof AudioContext === "undefined") return;
  const context = new AudioContext();
  [660, 880, 1320].forEach((pitch, i) => {
    const from = context.currentTime + i * 0.22;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.12, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + 0.5);
  });
  setTimeout(() => void context.close(), 1500);
}
