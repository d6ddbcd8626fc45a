/** Three soft notes, made on the spot. Silent where sound is not available. */
export function chime(): void {
  try {
    const audio = new AudioContext();
    [523.25, 659.25, 783.99].forEach((frequency, index) => {
      const at = audio.currentTime + index * 0.18;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = "sine";
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.9);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 1);
    });
    setTimeout(() => void audio.close(), 2000);
  } catch {
    // The clock and the page's title say it too.
  }
}
