/** Small synthesised sounds. Silent until `on` is set, and where the browser has no Web Audio. */
export class Sound {
  on = false;
  private context: AudioContext | null = null;

  slide(): void {
    this.sing(180, 220, 0.05, 0.05);
  }

  /** The higher the tile that was made, the higher the note. */
  merge(value: number): void {
    const pitch = 220 * 2 ** ((Math.log2(value) * 2) / 12);
    this.sing(pitch, pitch * 1.5, 0.16, 0.09);
  }

  finish(won: boolean): void {
    this.sing(won ? 440 : 240, won ? 1320 : 80, 0.6, 0.1);
  }

  private sing(from: number, to: number, seconds: number, loudness: number): void {
    if (!this.on || typeof AudioContext === "undefined") return;
    this.context ??= new AudioContext();
    const { currentTime, destination } = this.context;
    const tone = this.context.createOscillator();
    const volume = this.context.createGain();
    tone.type = "triangle";
    tone.frequency.setValueAtTime(from, currentTime);
    tone.frequency.exponentialRampToValueAtTime(to, currentTime + seconds);
    volume.gain.setValueAtTime(loudness, currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, currentTime + seconds);
    tone.connect(volume).connect(destination);
    tone.start();
    tone.stop(currentTime + seconds);
  }
}
