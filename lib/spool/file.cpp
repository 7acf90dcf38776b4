#include "lib/spool/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace walferry::spool {
namespace {

std::string default_directory() {
    const char* temporary = std::getenv("TMPDIR");
    return temporary != nullptr && *temporary != '\0' ? temporary : "/var/tmp";
}

int open_with_name(const std::string& directory) {
    std::string name = directory + "/walferry-spool-XXXXXX";
    const int fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd >= 0) {
        ::unlink(name.c_str());
    }
    return fd;
}

}  // namespace

file::file(std::string directory)
    : directory_(directory.empty() ? default_directory() : std::move(directory)) {}

file::~file() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

result<void> file::open() {
    if (fd_ >= 0) {
        return {};
    }
    constexpr int owner_only = 0600;
    fd_ = ::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, owner_only);
    if (fd_ < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        fd_ = open_with_name(directory_);
    }
    if (fd_ < 0) {
        return fail(error_kind::config_invalid,
                    "source.spool.directory: no file can be made in " + directory_ + ": " +
                        std::strerror(errno),
                    "name a folder that walferry may write to, or set source.streaming: off");
    }
    return {};
}

tl::unexpected<error> file::failed(std::string_view what) const {
    return fail(error_kind::output_failed,
                "the spool in " + directory_ + " cannot be " + std::string{what} + ": " +
                    std::strerror(errno),
                "make room there, or name another folder with source.spool.directory");
}

result<void> file::write(std::uint64_t at, std::string_view bytes) {
    if (auto ready = open(); !ready) {
        return ready;
    }
    while (!bytes.empty()) {
        const auto done = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return failed("written");
        }
        at += static_cast<std::uint64_t>(done);
        size_ = std::max(size_, at);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

result<void> file::read(std::uint64_t at, char* to, std::size_t count) {
    while (count > 0) {
        const auto done = ::pread(fd_, to, count, static_cast<off_t>(at));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return failed("read");
        }
        at += static_cast<std::uint64_t>(done);
        to += done;
        count -= static_cast<std::size_t>(done);
    }
    return {};
}

// Space that stays taken is no failure.
void file::discard(std::uint64_t at, std::uint64_t count) {
    if (at + count >= size_) {
        if (::ftruncate(fd_, static_cast<off_t>(at)) == 0) {
            size_ = at;
        }
    } else {
        ::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(at),
                    static_cast<off_t>(count));
    }
}

}  // namespace walferry::spool
