// A moment in the middle of a game.
export default async (page) => {
  await page.getByRole("button", { name: "Play" }).click();
  await page.keyboard.press("Space");
  const box = await page.locator("canvas").boundingBox();
  for (let i = 0; i < 60; i++) {
    await page.mouse.move(box.x + box.width * (0.5 + 0.42 * Math.sin(i / 4)), box.y + box.height * 0.9);
    await page.waitForTimeout(50);
  }
};
