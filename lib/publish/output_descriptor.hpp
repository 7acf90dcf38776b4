#pragma once

#include <cstddef>
#include <string_view>

namespace walferry::publish {

// A descriptor that was given to us and is shared with other processes: written to without waiting,
// yet without setting O_NONBLOCK on it, which would be theirs too. Does not own it.
class output_descriptor {
public:
    explicit output_descriptor(int fd);
    output_descriptor(const output_descriptor&) = delete;
    output_descriptor& operator=(const output_descriptor&) = delete;
    ~output_descriptor();

    // What was taken, 0 when it takes nothing now, or -1 with errno.
    std::ptrdiff_t write(std::string_view bytes) const;

    // Whether epoll can tell when it takes more; a file always takes more.
    bool can_wait() const { return kind_ != kind::file; }
    int fd() const { return own_ >= 0 ? own_ : fd_; }

private:
    enum class kind { file, pipe, socket };

    static kind kind_of(int fd);
    bool is_writable() const;

    std::ptrdiff_t write_to_pipe(std::string_view bytes) const;

    int fd_;
    kind kind_;
    int own_ = -1;  // the same pipe, opened anew for us alone and without waiting
};

}  // namespace walferry::publish
