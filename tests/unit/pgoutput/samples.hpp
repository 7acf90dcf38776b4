#pragma once

#include <string>
#include <vector>

namespace walferry::test {

// A message with the name of what is special about it. One at least of every type of protocol 1 to
// 4.
struct sample {
    std::string name;
    std::string bytes;
    bool carries_xid = false;  // inside a stream block
};

std::vector<sample> samples();

}  // namespace walferry::test
