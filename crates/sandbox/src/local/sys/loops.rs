use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use rustix::io::Errno;

const GET_FREE: libc::c_ulong = 0x4C82;
const CONFIGURE: libc::c_ulong = 0x4C0A;
/// Let go of the file when nobody has the device open or mounted any more.
const AUTOCLEAR: u32 = 4;
const MAJOR: u32 = 7;

#[repr(C)]
struct Config {
    file: u32,
    block_size: u32,
    info: Info,
    reserved: [u64; 8],
}

#[repr(C)]
struct Info {
    device: u64,
    inode: u64,
    real_device: u64,
    offset: u64,
    size_limit: u64,
    number: u32,
    encrypt_type: u32,
    encrypt_key_size: u32,
    flags: u32,
    file_name: [u8; 64],
    crypt_name: [u8; 64],
    encrypt_key: [u8; 32],
    init: [u64; 2],
}

/// Makes a block device of a file; gives its path, and what keeps it until it is mounted.
pub(in crate::local) fn loop_device(file: &File) -> io::Result<(String, OwnedFd)> {
    let control = OpenOptions::new().read(true).write(true).open("/dev/loop-control")?;
    // Somebody else may take the free one first.
    for _ in 0..64 {
        #[expect(unsafe_code, reason = "there is no safe form of this ioctl")]
        // SAFETY: the call takes no argument and gives a number.
        let number = unsafe { libc::ioctl(control.as_raw_fd(), GET_FREE as _) };
        let number = u32::try_from(number).map_err(|_| io::Error::last_os_error())?;
        let path = format!("/dev/loop{number}");
        let device = open_device(&path, number)?;
        match configure(&device, file) {
            Ok(()) => return Ok((path, device.into())),
            Err(error) if Errno::from_io_error(&error) == Some(Errno::BUSY) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("there is no free loop device"))
}

/// Containers have no service that makes the nodes of new devices.
fn open_device(path: &str, number: u32) -> io::Result<File> {
    let open = || OpenOptions::new().read(true).write(true).open(path);
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mode = Mode::from_raw_mode(0o600);
            match mknodat(CWD, path, FileType::BlockDevice, mode, makedev(MAJOR, number)) {
                Ok(()) | Err(Errno::EXIST) => open(),
                Err(error) => Err(error.into()),
            }
        }
        other => other,
    }
}

fn configure(device: &File, file: &File) -> io::Result<()> {
    let config = Config {
        file: file.as_raw_fd().cast_unsigned(),
        block_size: 0,
        info: Info {
            device: 0,
            inode: 0,
            real_device: 0,
            offset: 0,
            size_limit: 0,
            number: 0,
            encrypt_type: 0,
            encrypt_key_size: 0,
            flags: AUTOCLEAR,
            file_name: [0; 64],
            crypt_name: [0; 64],
            encrypt_key: [0; 32],
            init: [0; 2],
        },
        reserved: [0; 8],
    };
    #[expect(unsafe_code, reason = "there is no safe form of this ioctl")]
    // SAFETY: `config` has the layout of `struct loop_config`, lives through the call and is only read.
    let done = unsafe { libc::ioctl(device.as_raw_fd(), CONFIGURE as _, &raw const config) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
