//! Both dialects over real sockets, against a scripted server.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod support;
