import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { DishArt } from "../app/src/art/DishArt";
import { DISHES } from "../app/src/art/dishes";

describe("pictures", () => {
  it.each(Object.keys(DISHES))("%s is drawn within reason and hidden from screen readers", (art) => {
    const { container } = render(<DishArt art={art} />);
    const picture = container.querySelector("svg");
    expect(picture).toHaveAttribute("aria-hidden", "true");
    const shapes = picture?.querySelectorAll("path,circle,ellipse,rect").length ?? 0;
    expect(shapes).toBeGreaterThan(8);
    expect(shapes).toBeLessThan(200);
    expect(picture?.innerHTML).not.toContain("NaN");
  });
  it("an unknown one is a soup", () => {
    const [unknown, soup] = ["spaceship", "soup"].map((art) => render(<DishArt art={art} />).container.innerHTML);
    expect(unknown).toBe(soup);
  });
});
