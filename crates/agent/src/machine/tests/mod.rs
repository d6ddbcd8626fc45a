mod bounds;
mod resume;
mod scenarios;
mod script;
