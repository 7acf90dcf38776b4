#include "lib/publish/output_descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string>

namespace walferry::publish {
namespace {

// Bounds the time of one write to a disk.
constexpr std::size_t file_write_max = 1u << 20;

}  // namespace

output_descriptor::output_descriptor(int fd) : fd_(fd), kind_(kind_of(fd)) {
    struct stat what {};
    if (::fstat(fd, &what) == 0 && S_ISFIFO(what.st_mode)) {
        const std::string path = "/proc/self/fd/" + std::to_string(fd);
        own_ = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    }
}

output_descriptor::~output_descriptor() {
    if (own_ >= 0) {
        ::close(own_);
    }
}

output_descriptor::kind output_descriptor::kind_of(int fd) {
    struct stat what {};
    if (::fstat(fd, &what) != 0) {
        return kind::file;
    }
    if (S_ISSOCK(what.st_mode)) {
        return kind::socket;
    }
    const bool terminal = S_ISCHR(what.st_mode) && ::isatty(fd) == 1;
    return S_ISFIFO(what.st_mode) || terminal ? kind::pipe : kind::file;
}

bool output_descriptor::is_writable() const {
    pollfd one{fd_, POLLOUT, 0};
    return ::poll(&one, 1, 0) == 1;
}

std::ptrdiff_t output_descriptor::write(std::string_view bytes) const {
    std::ptrdiff_t taken = -1;
    switch (kind_) {
        case kind::file:
            taken = ::write(fd_, bytes.data(), std::min(bytes.size(), file_write_max));
            break;
        case kind::socket:
            taken = ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            break;
        case kind::pipe:
            taken = write_to_pipe(bytes);
            break;
    }
    const bool later = errno == EAGAIN || errno == EINTR;
    return taken < 0 && later ? 0 : taken;
}

std::ptrdiff_t output_descriptor::write_to_pipe(std::string_view bytes) const {
    if (own_ >= 0) {
        return ::write(own_, bytes.data(), bytes.size());
    }
    // What polls as writable has room for PIPE_BUF bytes: such a write never waits.
    return is_writable() ? ::write(fd_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF))
                         : 0;
}

}  // namespace walferry::publish
