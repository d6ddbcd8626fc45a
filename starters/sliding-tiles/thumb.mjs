// A board that has been played for a while.
/* global localStorage */
export default async (page) => {
  const cells = [2, 4, 8, 2, 16, 32, 64, 4, 256, 128, 16, 8, 1024, 512, 64, 2];
  const tiles = cells.map((value, i) => ({ id: i + 1, value, row: Math.floor(i / 4), column: i % 4 })).filter((tile) => ![3, 7, 2].includes(tile.id - 1));
  await page.evaluate((kept) => {
    localStorage.setItem("tiles.game.4", JSON.stringify({ game: { size: 4, tiles: kept, score: 14208, moves: 612, nextId: 99, seed: 7 }, undosLeft: 2, seconds: 407, beyond: false }));
    localStorage.setItem("tiles.best.4", "18944");
  }, tiles);
  await page.reload({ waitUntil: "networkidle" });
};
