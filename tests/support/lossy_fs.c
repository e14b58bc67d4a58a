// A file system that forgets: what was written and not synced is gone after a "power cut". After LazyFS' idea.
//
//   lossy_fs LIVE DURABLE MOUNTPOINT [-f -s -o ...]
//
// Reads and writes go to LIVE. DURABLE is what a disk would hold: fsync and fdatasync copy a file's unsynced pages there. Names, sizes set
// by truncate, and rights count as synced at once. To cut the power, end whoever uses the mount, unmount, and go on with DURABLE.
// LOSSY_KEEP=N: at the end each unsynced page reaches the disk all the same with N percent (LOSSY_SEED), as a kernel's write-back may have
// done.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { page = 4096, buckets = 4096 };

// A file that was written to: which of its pages the disk does not have.
typedef struct File {
  ino_t inode;
  int live, durable;
  unsigned char* dirty;
  size_t pages;
  struct File* next;
} File;

static const char *live_root, *durable_root;
static File* files[buckets];

static int report(int result) { return result < 0 ? -errno : 0; }
static const char* in(char* out, const char* root, const char* path) {
  snprintf(out, PATH_MAX, "%s%s", root, path);
  return out;
}
#define LIVE(path) in((char[PATH_MAX]){0}, live_root, path)
#define DURABLE(path) in((char[PATH_MAX]){0}, durable_root, path)

// Names and rights: the same on both sides. What LIVE answers counts.
#define BOTH(on_live, on_durable)       \
  do {                                  \
    int told = report(on_live);         \
    if (told == 0) (void)!(on_durable); \
    return told;                        \
  } while (0)

static File** place_of(ino_t inode) {
  File** place = &files[inode % buckets];
  while (*place && (*place)->inode != inode) place = &(*place)->next;
  return place;
}

static void forget(const char* path) {
  struct stat about;
  if (lstat(LIVE(path), &about) != 0) return;
  File** place = place_of(about.st_ino);
  File* gone = *place;
  if (!gone || about.st_nlink > 1) return;
  *place = gone->next;
  close(gone->live), close(gone->durable), free(gone->dirty), free(gone);
}

static void know(int fd, const char* path) {
  struct stat about;
  if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) return;
  File** place = place_of(about.st_ino);
  if (*place) return;
  File* made = calloc(1, sizeof *made);
  made->inode = about.st_ino;
  made->live = open(LIVE(path), O_RDONLY);
  made->durable = open(DURABLE(path), O_RDWR);
  *place = made;
}

static void mark(int fd, off_t offset, size_t size) {
  struct stat about;
  if (size == 0 || fstat(fd, &about) != 0) return;
  File* file = *place_of(about.st_ino);
  if (!file) return;
  size_t last = (size_t)(offset + (off_t)size - 1) / page;
  if (last >= file->pages) {
    size_t more = (last + 1) * 2;
    file->dirty = realloc(file->dirty, more);
    memset(file->dirty + file->pages, 0, more - file->pages);
    file->pages = more;
  }
  for (size_t i = (size_t)offset / page; i <= last; ++i) file->dirty[i] = 1;
}

static void copy_page(File* file, size_t number) {
  char bytes[page];
  ssize_t got = pread(file->live, bytes, page, (off_t)(number * page));
  if (got > 0) (void)!pwrite(file->durable, bytes, (size_t)got, (off_t)(number * page));
  file->dirty[number] = 0;
}

static void sync_file(File* file) {
  struct stat about;
  for (size_t i = 0; i < file->pages; ++i)
    if (file->dirty[i]) copy_page(file, i);
  if (fstat(file->live, &about) == 0) (void)!ftruncate(file->durable, about.st_size);
}

static int do_getattr(const char* path, struct stat* out, struct fuse_file_info* info) {
  return report(info ? fstat((int)info->fh, out) : lstat(LIVE(path), out));
}
static int do_readlink(const char* path, char* out, size_t size) {
  ssize_t got = readlink(LIVE(path), out, size - 1);
  if (got < 0) return -errno;
  out[got] = 0;
  return 0;
}
static int do_mkdir(const char* path, mode_t mode) {
  struct fuse_context* who = fuse_get_context();
  int told = report(mkdir(LIVE(path), mode));
  if (told != 0) return told;
  (void)!mkdir(DURABLE(path), mode);
  (void)!lchown(DURABLE(path), who->uid, who->gid);
  return report(lchown(LIVE(path), who->uid, who->gid));
}
static int do_unlink(const char* path) {
  forget(path);
  BOTH(unlink(LIVE(path)), unlink(DURABLE(path)));
}
static int do_rmdir(const char* path) { BOTH(rmdir(LIVE(path)), rmdir(DURABLE(path))); }
static int do_symlink(const char* to, const char* path) { BOTH(symlink(to, LIVE(path)), symlink(to, DURABLE(path))); }
static int do_link(const char* from, const char* to) { BOTH(link(LIVE(from), LIVE(to)), link(DURABLE(from), DURABLE(to))); }
static int do_rename(const char* from, const char* to, unsigned flags) {
  if (flags) return -EINVAL;
  forget(to);
  BOTH(rename(LIVE(from), LIVE(to)), rename(DURABLE(from), DURABLE(to)));
}
static int do_chmod(const char* path, mode_t mode, struct fuse_file_info* info) {
  (void)info;
  BOTH(chmod(LIVE(path), mode), chmod(DURABLE(path), mode));
}
static int do_chown(const char* path, uid_t user, gid_t group, struct fuse_file_info* info) {
  (void)info;
  BOTH(lchown(LIVE(path), user, group), lchown(DURABLE(path), user, group));
}
static int do_truncate(const char* path, off_t size, struct fuse_file_info* info) {
  (void)info;
  BOTH(truncate(LIVE(path), size), truncate(DURABLE(path), size));
}
static int do_utimens(const char* path, const struct timespec times[2], struct fuse_file_info* info) {
  (void)info;
  return report(utimensat(AT_FDCWD, LIVE(path), times, AT_SYMLINK_NOFOLLOW));
}
static int do_open(const char* path, struct fuse_file_info* info) {
  int fd = open(LIVE(path), info->flags & ~(O_CREAT | O_EXCL | O_DIRECT));
  if (fd < 0) return -errno;
  if ((info->flags & O_TRUNC) != 0) (void)!truncate(DURABLE(path), 0);
  if ((info->flags & O_ACCMODE) != O_RDONLY) know(fd, path);
  info->fh = (uint64_t)fd;
  return 0;
}
static int do_create(const char* path, mode_t mode, struct fuse_file_info* info) {
  struct fuse_context* who = fuse_get_context();
  int fd = open(LIVE(path), info->flags | O_CREAT, mode);
  if (fd < 0) return -errno;
  (void)!fchown(fd, who->uid, who->gid);
  int other = open(DURABLE(path), O_RDWR | O_CREAT, mode);
  if (other >= 0) (void)!fchown(other, who->uid, who->gid), close(other);
  know(fd, path);
  info->fh = (uint64_t)fd;
  return 0;
}
static int do_read(const char* path, char* out, size_t size, off_t offset, struct fuse_file_info* info) {
  (void)path;
  ssize_t got = pread((int)info->fh, out, size, offset);
  return got < 0 ? -errno : (int)got;
}
static int do_write(const char* path, const char* bytes, size_t size, off_t offset, struct fuse_file_info* info) {
  (void)path;
  ssize_t put = pwrite((int)info->fh, bytes, size, offset);
  if (put < 0) return -errno;
  mark((int)info->fh, offset, (size_t)put);
  return (int)put;
}
static int do_fsync(const char* path, int only_data, struct fuse_file_info* info) {
  (void)path, (void)only_data;
  struct stat about;
  if (fstat((int)info->fh, &about) != 0) return -errno;
  File* file = *place_of(about.st_ino);
  if (file) sync_file(file);
  return 0;
}
static int do_fsyncdir(const char* path, int only_data, struct fuse_file_info* info) {
  (void)path, (void)only_data, (void)info;
  return 0;
}
static int do_release(const char* path, struct fuse_file_info* info) {
  (void)path;
  return report(close((int)info->fh));
}
static int do_statfs(const char* path, struct statvfs* out) { return report(statvfs(LIVE(path), out)); }
static int do_readdir(const char* path, void* out, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info* info,
                      enum fuse_readdir_flags how) {
  (void)offset, (void)info, (void)how;
  DIR* folder = opendir(LIVE(path));
  if (!folder) return -errno;
  for (struct dirent* each; (each = readdir(folder));) fill(out, each->d_name, NULL, 0, 0);
  closedir(folder);
  return 0;
}
static void do_destroy(void* nothing) {
  (void)nothing;
  int keep = atoi(getenv("LOSSY_KEEP") ? getenv("LOSSY_KEEP") : "0");
  srandom((unsigned)atoi(getenv("LOSSY_SEED") ? getenv("LOSSY_SEED") : "1"));
  size_t lost = 0, kept = 0;
  for (int bucket = 0; bucket < buckets; ++bucket)
    for (File* file = files[bucket]; file; file = file->next)
      for (size_t i = 0; i < file->pages; ++i) {
        if (!file->dirty[i]) continue;
        if (random() % 100 < keep)
          copy_page(file, i), ++kept;
        else
          ++lost;
      }
  fprintf(stderr, "lossy_fs: %zu unsynced pages lost, %zu kept\n", lost, kept);
}

static const struct fuse_operations operations = {
    .getattr = do_getattr,
    .readlink = do_readlink,
    .mkdir = do_mkdir,
    .unlink = do_unlink,
    .rmdir = do_rmdir,
    .symlink = do_symlink,
    .link = do_link,
    .rename = do_rename,
    .chmod = do_chmod,
    .chown = do_chown,
    .truncate = do_truncate,
    .utimens = do_utimens,
    .open = do_open,
    .create = do_create,
    .read = do_read,
    .write = do_write,
    .fsync = do_fsync,
    .fsyncdir = do_fsyncdir,
    .release = do_release,
    .statfs = do_statfs,
    .readdir = do_readdir,
    .destroy = do_destroy,
};

int main(int count, char** words) {
  if (count < 4) return fprintf(stderr, "lossy_fs LIVE DURABLE MOUNTPOINT [options of fuse]\n"), 64;
  live_root = words[1], durable_root = words[2];
  struct rlimit many = {65536, 65536};
  setrlimit(RLIMIT_NOFILE, &many);
  umask(0);
  words[2] = words[0];
  return fuse_main(count - 2, words + 2, &operations, NULL);
}
