mod bounds;
mod scenarios;
mod script;
