#include "lib/observe/process_facts.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace walferry::observe {
namespace {

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// proc(5): fields of /proc/self/stat behind the command, which may hold spaces and parentheses.
// The first of them is field 3.
std::vector<std::string> stat_fields() {
    std::ifstream file{"/proc/self/stat"};
    std::string line;
    std::getline(file, line);
    const std::size_t close = line.rfind(')');
    if (close == line.npos) {
        return {};
    }
    std::istringstream words{line.substr(close + 1)};
    return {std::istream_iterator<std::string>{words}, {}};
}

std::uint64_t field(const std::vector<std::string>& fields, std::size_t number) {
    return number - 3 < fields.size() ? std::stoull(fields[number - 3]) : 0;
}

std::uint64_t count_descriptors() {
    std::error_code failure;
    std::filesystem::directory_iterator entries{"/proc/self/fd", failure};
    return failure ? 0 : static_cast<std::uint64_t>(std::distance(begin(entries), end(entries)));
}

}  // namespace

process_facts read_process() {
    process_facts facts;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    facts.cpu_seconds = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
        facts.descriptors_max = limit.rlim_cur;
    }
    const std::vector<std::string> fields = stat_fields();
    facts.threads = field(fields, 20);
    facts.virtual_bytes = field(fields, 23);
    facts.resident_bytes = field(fields, 24) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    facts.open_descriptors = count_descriptors();
    return facts;
}

}  // namespace walferry::observe
