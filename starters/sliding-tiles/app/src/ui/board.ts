import { labelOf } from "../config";
import type { Game, Move, Tile } from "../game/types";
import { shade } from "./layout";
import { part } from "./parts";

/** As long as a tile slides, in milliseconds; styles.css has the same. */
export const SLIDE = 130;

/** Shows a game's tiles and moves them. Elements keep a tile's id, so that sliding is a CSS transition. */
export class Board {
  private readonly elements = new Map<number, HTMLElement>();
  private readonly layer: HTMLElement;
  private readonly table: HTMLElement;

  constructor(private readonly root: HTMLElement) {
    this.layer = part(root, "tiles");
    this.table = part(root, "table");
  }

  /** Shows a game as it is, without motion: a new one, an undone move. */
  show(game: Game): void {
    this.elements.clear();
    this.layer.replaceChildren();
    this.drawCells(game.size);
    for (const tile of game.tiles) this.put(tile, "");
    this.describe(game);
  }

  /** Slides to the board after a move. */
  play({ game, absorbed, grown, fresh }: Move): void {
    for (const tile of absorbed) {
      const element = this.elements.get(tile.id);
      this.elements.delete(tile.id);
      if (!element) continue;
      at(element, tile);
      element.classList.add("absorbed");
      setTimeout(() => element.remove(), SLIDE);
    }
    for (const tile of game.tiles) {
      if (tile.id === fresh?.id) this.put(tile, "fresh");
      else this.put(tile, grown.includes(tile.id) ? "grown" : "");
    }
    this.describe(game);
  }

  private put(tile: Tile, motion: string): void {
    let element = this.elements.get(tile.id);
    if (!element) {
      element = document.createElement("div");
      element.innerHTML = `<span class="tile-color face"></span>`;
      this.elements.set(tile.id, element);
      this.layer.append(element);
    }
    at(element, tile);
    const face = element.firstElementChild as HTMLElement;
    // Without this a tile that grows twice in a row would play its motion once.
    if (motion) {
      face.style.animation = "none";
      void face.offsetWidth;
      face.style.animation = "";
    }
    element.className = `tile ${motion}`;
    face.textContent = labelOf(tile.value);
    face.style.setProperty("--k", shade(tile.value));
    face.dataset.length = String(Math.min(5, [...labelOf(tile.value)].length));
  }

  private drawCells(size: number): void {
    this.root.style.setProperty("--size", String(size));
    const cell = (index: number) =>
      `<div class="tile" style="--row:${Math.floor(index / size)};--column:${index % size}"><span class="hollow"></span></div>`;
    part(this.root, "cells").innerHTML = Array.from({ length: size * size }, (_, index) => cell(index)).join("");
  }

  /** The same board as a table, for screen readers. */
  private describe(game: Game): void {
    const rows = Array.from({ length: game.size }, (_, row) =>
      Array.from(
        { length: game.size },
        (_, column) => game.tiles.find((tile) => tile.row === row && tile.column === column)?.value ?? "empty",
      ),
    );
    this.table.innerHTML = `<caption>Tiles</caption>${rows.map((row) => `<tr>${row.map((value) => `<td>${value}</td>`).join("")}</tr>`).join("")}`;
  }
}

function at(element: HTMLElement, tile: Tile): void {
  element.style.setProperty("--row", String(tile.row));
  element.style.setProperty("--column", String(tile.column));
}
