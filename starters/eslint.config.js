import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

export default defineConfig(
  { ignores: ["**/node_modules/**", ".filled/**", ".look/**"] },
  js.configs.recommended,
  ts.configs.strict,
  { files: ["**/*.tsx", "**/*.ts"], ...hooks.configs.flat["recommended-latest"] },
  { files: ["scripts/**", "*/app/public/*.js"], languageOptions: { globals: { Buffer: "readonly", Image: "readonly", console: "readonly", process: "readonly", document: "readonly", window: "readonly", self: "readonly", caches: "readonly", fetch: "readonly", URL: "readonly", location: "readonly", setTimeout: "readonly" } } },
);
