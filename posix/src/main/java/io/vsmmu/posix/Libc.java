package io.vsmmu.posix;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.Runtime;

/**
 * The C library through JNR-FFI. Pointers are passed as {@code long}; what they point to is a
 * native {@code MemorySegment} or a direct buffer that the caller must keep reachable until the
 * call returns.
 */
final class Libc {

  /**
   * The functions with the parameters of their manual pages. Public because the class that JNR-FFI
   * generates implements it.
   */
  public interface Functions {
    int socket(int domain, int type, int protocol);

    int socketpair(int domain, int type, int protocol, long two);

    int bind(int fd, long address, int length);

    int listen(int fd, int backlog);

    int accept4(int fd, long address, long length, int flags);

    int connect(int fd, long address, int length);

    int shutdown(int fd, int how);

    int getsockopt(int fd, int level, int option, long value, long length);

    int setsockopt(int fd, int level, int option, long value, int length);

    long recvmsg(int fd, long message, int flags);

    long sendmsg(int fd, long message, int flags);

    long recv(int fd, long bytes, long length, int flags);

    long send(int fd, long bytes, long length, int flags);

    int poll(long entries, long count, int timeout);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, long event);

    int epoll_wait(int epoll, long events, int count, int timeout);

    int close(int fd);

    int open(long path, int flags, int mode);

    long read(int fd, long bytes, long length);

    long write(int fd, long bytes, long length);

    long pread(int fd, long bytes, long length, long offset);

    long pwrite(int fd, long bytes, long length, long offset);

    int fdatasync(int fd);

    long syscall(long number, long first, long second, long third);

    int chmod(long path, int mode);

    int umask(int mask);

    int unlink(long path);

    int ftruncate(int fd, long size);

    int statx(int directory, long path, int flags, int mask, long status);

    int memfd_create(long name, int flags);

    int eventfd(int initial, int flags);

    long mmap(long address, long length, int protection, int flags, int fd, long offset);

    int munmap(long address, long length);

    long process_vm_readv(
        int pid, long local, long localCount, long remote, long remoteCount, long flags);

    long process_vm_writev(
        int pid, long local, long localCount, long remote, long remoteCount, long flags);

    int geteuid();

    int getpwnam_r(long name, long entry, long text, long bytes, long result);

    int getgrnam_r(long name, long entry, long text, long bytes, long result);

    int getgrouplist(long user, int group, long groups, long count);

    int pthread_sigmask(int how, long set, long old);

    int execvp(long file, long arguments);

    int getpagesize();
  }

  static final Functions CALLS;
  private static final Runtime RUNTIME;

  static {
    // The stubs that JNR-FFI assembles for x86-64 pass garbage as the sixth integer argument, which
    // is the offset of mmap(2).
    System.setProperty("jnr.ffi.x86asm.enabled", "false");
    CALLS =
        LibraryLoader.create(Functions.class)
            .load(Platform.getNativePlatform().getStandardCLibraryName());
    RUNTIME = Runtime.getRuntime(CALLS);
    loadFailures();
  }

  private Libc() {}

  /**
   * Loads the classes that a failure needs. Loading a class takes a descriptor, and the failure to
   * be reported may be that none is left.
   */
  private static void loadFailures() {
    if (new PosixException("libc", Errno.EMFILE).errno() != Errno.EMFILE) {
      throw new IllegalStateException("a PosixException lost its errno");
    }
  }

  /** The errno of this thread's last failed call. */
  static int errno() {
    return LastError.getLastError(RUNTIME);
  }

  /** An exception for this thread's last call, which has failed. */
  static PosixException failure(String call) {
    return new PosixException(call, errno());
  }

  /**
   * Returns the result of a call that has just been made on this thread.
   *
   * @param call name of the call for the exception
   * @throws PosixException with the call's errno when the result is negative
   */
  static int checked(int result, String call) throws PosixException {
    if (result < 0) {
      throw failure(call);
    }
    return result;
  }
}
