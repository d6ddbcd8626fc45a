//! A fresh database of either kind for each test, and a held clock.
