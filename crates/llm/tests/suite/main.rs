//! Both dialects over real sockets, against a scripted server.

#[cfg(test)]
mod cancel;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod support;
