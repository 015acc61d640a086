/* Counts the calls that change a disk, and at one of them kills the process or fails as a full disk does; or stops the
 * process at each, so that whoever started it can look at what a kill there would leave.
 *
 * Preloaded into a Python process, it sees Python's own calls and SQLite's alike, so no point is listed by hand.
 * Armed, it counts calls on paths below the watched folder (and on descriptors opened there).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { KILL = 1, FULL = 2, STOP = 3 };

static char watched[PATH_MAX];
static int armed = 0, mode = 0;
static pid_t owner = 0;
static long target = 0, counted = 0;
static FILE *log_file = NULL;

void fault_arm(const char *folder, int how, long at, const char *log_path) {
    strncpy(watched, folder, sizeof watched - 1);
    mode = how;
    target = at;
    counted = 0;
    log_file = log_path && *log_path ? fopen(log_path, "w") : NULL;
    owner = getpid();
    armed = 1;
}

long fault_count(void) { return counted; }

static int below(const char *path) {
    char full[PATH_MAX];
    if (path[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here)) return 0;
        snprintf(full, sizeof full, "%.2000s/%.2000s", here, path);
        path = full;
    }
    return strncmp(path, watched, strlen(watched)) == 0;
}

static int descriptor_below(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

/* Before the call: kill, or say that it must fail. */
static int fault(const char *name, int needs_space, int inside) {
    /* What the command forks is not the command: a kill leaves it alone. */
    if (!armed || !inside || getpid() != owner) return 0;
    counted++;
    if (log_file) {
        armed = 0;
        fprintf(log_file, "%ld %s\n", counted, name);
        fflush(log_file);
        armed = 1;
    }
    if (mode == KILL && counted == target) raise(SIGKILL);
    if (mode == STOP) raise(SIGSTOP);
    /* A full disk stays full: every call from there on that needs space fails. */
    return mode == FULL && target && counted >= target && needs_space;
}

#define REAL(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

#define ON_DESCRIPTOR(type, name, parameters, arguments, space)          \
    type name parameters {                                               \
        if (fault(#name, space, armed && descriptor_below(fd))) {        \
            errno = ENOSPC;                                              \
            return -1;                                                   \
        }                                                                \
        static type(*real) parameters = NULL;                            \
        if (!real) real = dlsym(RTLD_NEXT, #name);                       \
        return real arguments;                                           \
    }

#define ON_PATH(type, name, parameters, arguments, path, space)          \
    type name parameters {                                               \
        if (fault(#name, space, armed && below(path))) {                 \
            errno = ENOSPC;                                              \
            return -1;                                                   \
        }                                                                \
        static type(*real) parameters = NULL;                            \
        if (!real) real = dlsym(RTLD_NEXT, #name);                       \
        return real arguments;                                           \
    }

/* What goes to a database server counts as well: a kill between two statements is a kill between two sends. */
ssize_t send(int fd, const void *data, size_t size, int flags) {
    fault("send", 0, armed && fd > 2);
    return REAL(ssize_t, send, int, const void *, size_t, int)(fd, data, size, flags);
}

ON_DESCRIPTOR(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size), 1)
ON_DESCRIPTOR(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at), 1)
ON_DESCRIPTOR(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at), 1)
ON_DESCRIPTOR(int, fsync, (int fd), (fd), 0)
ON_DESCRIPTOR(int, fdatasync, (int fd), (fd), 0)
ON_DESCRIPTOR(int, ftruncate, (int fd, off_t size), (fd, size), 0)
ON_DESCRIPTOR(int, ftruncate64, (int fd, off64_t size), (fd, size), 0)
ON_PATH(int, rename, (const char *from, const char *to), (from, to), to, 0)
ON_PATH(int, unlink, (const char *path), (path), path, 0)
ON_PATH(int, rmdir, (const char *path), (path), path, 0)
ON_PATH(int, mkdir, (const char *path, mode_t bits), (path, bits), path, 1)

int renameat(int from_fd, const char *from, int to_fd, const char *to) {
    fault("renameat", 0, armed && to[0] == '/' && below(to));
    return REAL(int, renameat, int, const char *, int, const char *)(from_fd, from, to_fd, to);
}

int unlinkat(int fd, const char *path, int flags) {
    fault("unlinkat", 0, armed && (path[0] == '/' ? below(path) : descriptor_below(fd)));
    return REAL(int, unlinkat, int, const char *, int)(fd, path, flags);
}

static int created(const char *name, const char *path, int flags) {
    return fault(name, 1, armed && (flags & O_CREAT) && below(path) && access(path, F_OK) != 0);
}

#define ON_OPEN(name)                                                    \
    int name(const char *path, int flags, ...) {                         \
        mode_t bits = 0;                                                 \
        if (flags & (O_CREAT | __O_TMPFILE)) {                           \
            va_list rest;                                                \
            va_start(rest, flags);                                       \
            bits = va_arg(rest, mode_t);                                 \
            va_end(rest);                                                \
        }                                                                \
        if (created(#name, path, flags)) {                               \
            errno = ENOSPC;                                              \
            return -1;                                                   \
        }                                                                \
        return REAL(int, name, const char *, int, ...)(path, flags, bits); \
    }

ON_OPEN(open)
ON_OPEN(open64)
