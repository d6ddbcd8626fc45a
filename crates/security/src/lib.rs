//! Passwords, tokens, sealed secrets. Pure.
