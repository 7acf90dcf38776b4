#pragma once

#include "lib/base/error.hpp"
#include "lib/base/time.hpp"
#include "lib/capture/header.hpp"
#include "lib/change/catalog.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace walferry::capture {

// Reads one capture from its beginning, a block at a time: memory is one block's.
// Errors: config_invalid, with the path, the offset of the damage and how much before it was good.
class capture_reader {
public:
    static result<capture_reader> open(std::string path);

    capture_reader(capture_reader&& other) noexcept;
    capture_reader& operator=(capture_reader&&) = delete;
    ~capture_reader();

    const header& about() const { return about_; }

    enum class step { frame, catalog, end };

    // What comes next in the file: then frame() and arrived(), or catalog(), say it.
    result<step> next();

    // Valid until the following next().
    std::string_view frame() const { return frame_; }
    unix_time arrived() const { return arrived_; }
    change::catalog& catalog() { return catalog_; }

    std::uint64_t frames() const { return frames_; }

private:
    capture_reader(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
    result<char> next_block();
    result<void> read_exactly(char* to, std::size_t count);
    tl::unexpected<error> damaged(const std::string& how) const;

    std::string path_;
    int fd_ = -1;
    header about_;
    std::string block_;
    std::size_t at_ = 0;        // in block_, of the next frame
    std::uint64_t offset_ = 0;  // in the file, of the block that is being read
    std::uint64_t read_ = 0;
    std::string_view frame_;
    unix_time arrived_;
    change::catalog catalog_;
    std::uint64_t frames_ = 0;
    bool ended_ = false;
};

}  // namespace walferry::capture
