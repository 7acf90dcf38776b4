#pragma once

#include <cstddef>
#include <string_view>

namespace walferry::publish {

// A descriptor that was given to us and is shared with other processes: written to without waiting,
// yet without O_NONBLOCK, which would be theirs too. Does not own it.
class output_descriptor {
public:
    explicit output_descriptor(int fd);

    // What was taken, 0 when it takes nothing now, or -1 with errno.
    std::ptrdiff_t write(std::string_view bytes) const;

    // Whether epoll can tell when it takes more; a file always takes more.
    bool can_wait() const { return kind_ != kind::file; }
    int fd() const { return fd_; }

private:
    enum class kind { file, pipe, socket };

    static kind kind_of(int fd);
    bool is_writable() const;

    int fd_;
    kind kind_;
};

}  // namespace walferry::publish
