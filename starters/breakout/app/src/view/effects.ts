import type { GameEvent } from "../game/types";

export interface Spark {
  x: number;
  y: number;
  vx: number;
  vy: number;
  /** 1 when new, gone at 0. */
  life: number;
  size: number;
  color: string;
}

export interface Floating {
  x: number;
  y: number;
  text: string;
  life: number;
}

/** What flies about after something happened. It never touches the game. */
export class Effects {
  sparks: Spark[] = [];
  texts: Floating[] = [];
  /** How much the field shakes, in field units; fades by itself. */
  shake = 0;
  calm = false;

  note(event: GameEvent, colorOf: (index: number) => string, labelOf: (kind: string) => string): void {
    if (event.type === "break") {
      const { brick } = event;
      const x = brick.x + brick.width / 2;
      const y = brick.y + brick.height / 2;
      if (!this.calm) this.burst(x, y, colorOf(brick.color), 14);
      if (event.combo > 2) this.texts.push({ x, y, text: `+${event.points}`, life: 1 });
    }
    if (event.type === "power") this.texts.push({ x: event.x, y: event.y - 16, text: labelOf(event.kind), life: 1.4 });
    if (event.type === "lost" && !this.calm) this.shake = 10;
  }

  age(dt: number): void {
    for (const spark of this.sparks) {
      spark.x += spark.vx * dt;
      spark.y += spark.vy * dt;
      spark.vy += 620 * dt;
      spark.life -= dt * 1.7;
    }
    for (const text of this.texts) {
      text.y -= 36 * dt;
      text.life -= dt * 1.1;
    }
    this.sparks = this.sparks.filter((spark) => spark.life > 0);
    this.texts = this.texts.filter((text) => text.life > 0);
    this.shake = Math.max(0, this.shake - dt * 30);
  }

  private burst(x: number, y: number, color: string, count: number): void {
    for (let i = 0; i < count; i++) {
      const angle = (i / count) * Math.PI * 2 + Math.random();
      const speed = 60 + Math.random() * 170;
      this.sparks.push({
        x,
        y,
        vx: Math.cos(angle) * speed,
        vy: Math.sin(angle) * speed - 60,
        life: 0.6 + Math.random() * 0.4,
        size: 2 + Math.random() * 4,
        color,
      });
    }
  }
}
