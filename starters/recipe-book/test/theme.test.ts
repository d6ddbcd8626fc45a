import { describe, expect, it } from "vitest";
import { applyTheme, chooseTheme, currentTheme } from "../app/src/theme";

const shown = () => document.documentElement.dataset.theme;

describe("the theme", () => {
  it("is config.json's until a person chooses, and theirs from then on", () => {
    applyTheme("ocean", "system");
    expect([shown(), document.documentElement.dataset.palette]).toEqual(["light", "ocean"]);
    chooseTheme("ocean", "system", "dark");
    applyTheme("ocean", "system");
    expect([shown(), currentTheme("system")]).toEqual(["dark", "dark"]);
  });
  it("follows config.json again when that is changed", () => {
    chooseTheme("ocean", "system", "dark");
    applyTheme("ocean", "light");
    expect(shown()).toBe("light");
  });
});
