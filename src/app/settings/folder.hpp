// The files of a configuration folder. Inside this room only.
#pragma once
#include <string>
#include <vector>

#include "config/problem.hpp"

namespace crossdock::app {

struct SystemFile {
  std::string name;  ///< wms_east
  config::SourcePtr source;
};

struct FolderFiles {
  config::SourcePtr daemon;  ///< crossdock.yaml; null when there is none
  std::vector<SystemFile> systems;
};

/// Reads the files by convention; what is missing, misplaced or not known yet is a problem.
FolderFiles read_folder(const std::string& folder, config::Problems& problems);

}  // namespace crossdock::app
