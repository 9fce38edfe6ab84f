#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace coffer::bench {

// A program under measurement: started with its standard output on a pipe, killed with the object.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // The next line of its output; throws if it ends first.
  std::string read_line();
  double cpu_seconds() const;
  double resident_mib() const;
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  int output_;
};

// Value of a text or number member in a flat one-line JSON object.
std::string json_member(const std::string& line, const std::string& name);

}  // namespace coffer::bench
