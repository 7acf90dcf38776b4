#pragma once

#include "lib/base/assert.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace walferry::publish {

// An eventfd that any thread may signal and the loop waits for.
class wake_event {
public:
    wake_event() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { WALFERRY_ASSERT(fd_ >= 0); }
    wake_event(const wake_event&) = delete;
    wake_event& operator=(const wake_event&) = delete;
    ~wake_event() { ::close(fd_); }

    int fd() const { return fd_; }

    void signal() {
        const std::uint64_t one = 1;
        // A full counter (EAGAIN) is a signal already.
        [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof one);
    }

    void clear() {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t taken = ::read(fd_, &count, sizeof count);
    }

private:
    int fd_;
};

}  // namespace walferry::publish
