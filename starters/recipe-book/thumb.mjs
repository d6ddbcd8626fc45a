// The recipe of the day, and the shelf below it.
export default async (page) => {
  await page.mouse.move(640, 500);
  await page.mouse.wheel(0, 330);
  await page.waitForTimeout(300);
  await page.mouse.move(2, 2);
};
