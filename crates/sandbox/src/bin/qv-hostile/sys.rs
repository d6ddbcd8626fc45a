//! System calls by number.

use std::ffi::CString;
use std::io;

/// Makes a system call with up to six words.
pub(crate) fn call(number: libc::c_long, words: &[usize]) -> io::Result<i64> {
    let word = |at: usize| words.get(at).copied().unwrap_or(0);
    // SAFETY: every caller passes pointers to memory that outlives the call, or nothing that the kernel writes to.
    let result =
        unsafe { libc::syscall(number, word(0), word(1), word(2), word(3), word(4), word(5)) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A text for the kernel.
pub(crate) fn text(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

/// Where a text is.
pub(crate) fn at(text: &CString) -> usize {
    text.as_ptr() as usize
}

/// Where a value is.
pub(crate) fn of<T>(value: &T) -> usize {
    std::ptr::from_ref(value) as usize
}

/// A negative number as a word.
pub(crate) const fn minus(number: isize) -> usize {
    number as usize
}

pub(crate) const AT_FDCWD: usize = minus(libc::AT_FDCWD as isize);
