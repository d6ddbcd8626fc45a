//! Compiles a generated app's modules for the browser.
