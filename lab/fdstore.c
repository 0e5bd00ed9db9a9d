/*
 * A stand-in for a service manager with a store of descriptors (sd_notify(3), sd_listen_fds(3)):
 * starts a service, keeps what it asks to be kept, and starts it again with that when it was
 * killed. Ends with the service's own exit status. It reports what it does on standard error.
 *
 *   fdstore PIDFILE COMMAND...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 512
#define ADDRESS "/tmp/fdstore.sock"

static struct { int fd; char name[256]; } kept[MOST];
static int count;

static void fail(const char *what) { perror(what); exit(125); }

static void keep(int fd, const char *name) {
  if (count == MOST) { close(fd); return; }
  kept[count].fd = fd;
  snprintf(kept[count++].name, sizeof kept[0].name, "%s", name);
  fprintf(stderr, "fdstore: keeps %s\n", name);
}

static void drop(const char *name) {
  for (int i = 0; i < count; i++)
    if (!strcmp(kept[i].name, name)) {
      close(kept[i].fd);
      kept[i--] = kept[--count];
      fprintf(stderr, "fdstore: drops %s\n", name);
    }
}

static int has(char *text, const char *line, char *value, size_t room) {
  size_t length = strlen(line);
  for (char *at = text; at; at = strchr(at, '\n'), at += at != NULL)
    if (!strncmp(at, line, length)) {
      snprintf(value, room, "%.*s", (int)strcspn(at + length, "\n"), at + length);
      return 1;
    }
  return 0;
}

static void hear(int from) {
  char text[4096], name[256], control[CMSG_SPACE(16 * sizeof(int))];
  struct iovec part = {text, sizeof text - 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t length = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
  if (length < 0) return;
  text[length] = 0;
  int fds[16], n = 0;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_type == SCM_RIGHTS) {
    n = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), n * sizeof(int));
  }
  if (has(text, "FDSTORE=1", name, sizeof name) && has(text, "FDNAME=", name, sizeof name)) {
    for (int i = 0; i < n; i++) keep(fds[i], name);
    return;
  }
  if (has(text, "FDSTOREREMOVE=1", name, sizeof name) && has(text, "FDNAME=", name, sizeof name)) drop(name);
  for (int i = 0; i < n; i++) close(fds[i]); /* a barrier among them */
}

static pid_t start(char **command, const char *pidfile, const sigset_t *mask) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child > 0) {
    FILE *file = fopen(pidfile, "w");
    if (!file) fail(pidfile);
    fprintf(file, "%d\n", child);
    fclose(file);
    fprintf(stderr, "fdstore: process %d with %d descriptors\n", child, count);
    return child;
  }
  char names[MOST * 256] = "", number[16];
  for (int i = 0; i < count; i++) { /* out of the way first: 3 and following may be among them */
    int moved = fcntl(kept[i].fd, F_DUPFD_CLOEXEC, 3 + MOST);
    if (moved < 0) fail("dup");
    kept[i].fd = moved;
  }
  for (int i = 0; i < count; i++) {
    if (dup2(kept[i].fd, 3 + i) < 0) fail("dup2");
    strcat(strcat(names, i ? ":" : ""), kept[i].name);
  }
  snprintf(number, sizeof number, "%d", count);
  setenv("LISTEN_FDS", number, 1);
  setenv("LISTEN_FDNAMES", names, 1);
  snprintf(number, sizeof number, "%d", getpid());
  setenv("LISTEN_PID", number, 1);
  sigprocmask(SIG_UNBLOCK, mask, NULL);
  execvp(command[0], command);
  fail(command[0]);
  return -1;
}

int main(int argc, char **argv) {
  if (argc < 3) { fprintf(stderr, "usage: fdstore PIDFILE COMMAND...\n"); return 125; }
  struct sockaddr_un address = {AF_UNIX, ADDRESS};
  int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  unlink(ADDRESS);
  if (from < 0 || bind(from, (void *)&address, sizeof address)) fail(ADDRESS);
  setenv("NOTIFY_SOCKET", ADDRESS, 1);
  setenv("FDSTORE", "512", 1);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  int children = signalfd(-1, &mask, SFD_CLOEXEC);
  pid_t child = start(argv + 2, argv[1], &mask);
  for (;;) {
    struct pollfd both[2] = {{from, POLLIN, 0}, {children, POLLIN, 0}};
    if (poll(both, 2, -1) < 0 && errno != EINTR) fail("poll");
    if (both[0].revents) { hear(from); continue; } /* what was said counts before the end of who said it */
    if (both[1].revents) {
      struct signalfd_siginfo info;
      int status;
      if (read(children, &info, sizeof info) < 0) fail("read");
      while (waitpid(-1, &status, WNOHANG) == child) {
        if (WIFEXITED(status)) {
          fprintf(stderr, "fdstore: ends with %d, %d descriptors left\n", WEXITSTATUS(status), count);
          return WEXITSTATUS(status);
        }
        fprintf(stderr, "fdstore: killed by %d\n", WTERMSIG(status));
        child = start(argv + 2, argv[1], &mask);
      }
    }
  }
}
