mod bounds;
mod forbidden;
mod prefix;
mod resume;
mod scenarios;
mod script;
mod tools;
