//! The starter apps, and how a prompt chooses one and fills it in.
