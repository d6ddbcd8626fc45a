// A morning with some things done.
export default async (page) => {
  await page.getByRole("button", { name: "Stretch", exact: true }).click();
  await page.getByRole("button", { name: "Walk outside", exact: true }).click();
  for (let i = 0; i < 4; i++) await page.getByRole("button", { name: /^Drink water: .* add/ }).click();
};
