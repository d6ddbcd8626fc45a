/* global document, requestAnimationFrame, PointerEvent */
// A moment in the middle of a game: the paddle follows the brightest spot of the field, which is the ball.
export default async (page) => {
  await page.getByRole("button", { name: "Play" }).click();
  await page.keyboard.press("Space");
  await page.evaluate(() => {
    const field = document.querySelector("canvas");
    const small = Object.assign(document.createElement("canvas"), { width: 60, height: 72 });
    const pen = small.getContext("2d", { willReadFrequently: true });
    (function follow(now) {
      pen.drawImage(field, 0, 0, 60, 72);
      const { data } = pen.getImageData(0, 0, 60, 66);
      let best = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (Math.min(data[i], data[i + 1], data[i + 2]) > Math.min(data[best], data[best + 1], data[best + 2])) best = i;
      }
      const box = field.getBoundingClientRect();
      const x = ((best / 4) % 60) + 0.5 + Math.sin(now / 600);
      field.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + (box.width * x) / 60 }));
      requestAnimationFrame(follow);
    })(0);
  });
  await page.waitForTimeout(16_400);
};
