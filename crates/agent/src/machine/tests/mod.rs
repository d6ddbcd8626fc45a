mod bounds;
mod prefix;
mod resume;
mod scenarios;
mod script;
