#include "pipelines/regular_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace pipelines {

io::Failed unreadable(const std::string& location, const std::string& why) {
  return {"FILE_UNREADABLE", "The file " + location + " cannot be read: " + why, ""};
}

std::optional<io::Failed> findFault(const std::string& location) {
  struct stat status {};
  if (stat(location.c_str(), &status) != 0) return unreadable(location, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return unreadable(location, "it is not a regular file");
  if (access(location.c_str(), R_OK) != 0) return unreadable(location, std::strerror(errno));
  return std::nullopt;
}

bool beginsWith(const std::string& location, std::string_view bytes) {
  std::string found(bytes.size(), '\0');
  std::ifstream file(location, std::ios::binary);
  return file.read(found.data(), static_cast<std::streamsize>(found.size())) && found == bytes;
}

}  // namespace pipelines
