// What the kernel knows about this process.
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "observe/metrics.hpp"

namespace crossdock::metrics {
namespace {

double cpu_seconds() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return 0;
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double size = 0, resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double entries_of(const char* folder) {
  std::error_code error;
  double n = 0;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) ++n;
  return n;
}

}  // namespace

void add_process_metrics(Registry& registry, const std::string& version) {
  const auto keep = [&](const char* name, const char* help, double (*read)()) {
    // Kept for the life of the process: what they read never goes away.
    static std::vector<Registry::Watch>* const kept = new std::vector<Registry::Watch>;
    kept->push_back(registry.watch(name, help, {}, read));
  };
  keep("crossdock_process_cpu_seconds_total", "User and system CPU time spent.", cpu_seconds);
  keep("crossdock_process_resident_memory_bytes", "Resident memory.", resident_bytes);
  keep("crossdock_process_open_fds", "Open file descriptors.", [] { return entries_of("/proc/self/fd"); });
  keep("crossdock_process_threads", "Threads.", [] { return entries_of("/proc/self/task"); });
  const auto since_epoch = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
  registry.gauge("crossdock_process_start_time_seconds", "When the process began, since the epoch.").set(since_epoch.count());
  registry.gauge("crossdock_build_info", "Always 1; the label says which build this is.", {{"version", version}}).set(1);
}

}  // namespace crossdock::metrics
