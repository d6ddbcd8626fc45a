import type { GameEvent } from "./game/types";

interface Note {
  /** Hertz, gliding from the first to the second. */
  from: number;
  to: number;
  seconds: number;
  wave: OscillatorType;
}

const NOTES: Partial<Record<GameEvent["type"], Note>> = {
  launch: { from: 260, to: 520, seconds: 0.12, wave: "triangle" },
  paddle: { from: 220, to: 240, seconds: 0.07, wave: "triangle" },
  wall: { from: 160, to: 160, seconds: 0.04, wave: "sine" },
  hit: { from: 330, to: 300, seconds: 0.07, wave: "square" },
  steel: { from: 900, to: 880, seconds: 0.05, wave: "sine" },
  power: { from: 440, to: 1100, seconds: 0.25, wave: "triangle" },
  lost: { from: 300, to: 90, seconds: 0.45, wave: "sawtooth" },
  cleared: { from: 520, to: 1040, seconds: 0.5, wave: "triangle" },
  over: { from: 220, to: 55, seconds: 0.8, wave: "sawtooth" },
};

/** Small synthesised sounds. Silent until `on` is set, and where the browser has no Web Audio. */
export class Sound {
  on = false;
  private context: AudioContext | null = null;

  play(event: GameEvent): void {
    if (!this.on) return;
    // A chain of bricks climbs a scale.
    const note = event.type === "break" ? broken(event.combo) : NOTES[event.type];
    if (note) this.sing(note);
  }

  private sing({ from, to, seconds, wave }: Note): void {
    if (typeof AudioContext === "undefined") return;
    this.context ??= new AudioContext();
    const { currentTime, destination } = this.context;
    const tone = this.context.createOscillator();
    const volume = this.context.createGain();
    tone.type = wave;
    tone.frequency.setValueAtTime(from, currentTime);
    tone.frequency.exponentialRampToValueAtTime(to, currentTime + seconds);
    volume.gain.setValueAtTime(0.07, currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, currentTime + seconds);
    tone.connect(volume).connect(destination);
    tone.start();
    tone.stop(currentTime + seconds);
  }
}

const SCALE = [0, 2, 4, 7, 9, 12, 14, 16];

function broken(combo: number): Note {
  const pitch = 440 * 2 ** ((SCALE[Math.min(combo, SCALE.length) - 1] ?? 0) / 12);
  return { from: pitch, to: pitch, seconds: 0.1, wave: "triangle" };
}
