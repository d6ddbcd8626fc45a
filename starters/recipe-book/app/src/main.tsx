import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { config } from "./config";
import { makeInstallable } from "./install";
import "./styles.css";
import { applyTheme } from "./theme";

applyTheme(config.palette, config.theme);
document.title = config.title;
makeInstallable();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
