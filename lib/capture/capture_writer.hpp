#pragma once

#include "lib/base/error.hpp"
#include "lib/base/time.hpp"
#include "lib/capture/block.hpp"
#include "lib/capture/header.hpp"
#include "lib/change/catalog.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace walferry::capture {

// Writes one capture. Order of calls: open(), then catalogs and frames as they come, finish() at
// last. A file that was not finished can be read up to its last whole block.
// Errors of every call: output_failed, with the path and the system's reason.
class capture_writer {
public:
    // Refuses a file that is there already. Readable by its owner only: it holds the data.
    static result<capture_writer> open(std::string path, const header& about);

    capture_writer(capture_writer&& other) noexcept;
    capture_writer& operator=(capture_writer&&) = delete;
    ~capture_writer();

    // All of `found`, before the frames that need it. What is built in is left out.
    result<void> add(const change::catalog& found);

    // One CopyData message as it came (copy_frame.hpp).
    result<void> add(std::string_view frame, unix_time arrived);

    result<void> finish();

    std::uint64_t frames() const { return frames_; }
    std::uint64_t bytes() const { return bytes_ + pending_.size(); }

private:
    capture_writer(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
    result<void> write_block(block_kind kind, std::string_view payload);
    result<void> write_pending();
    result<void> write_all(std::string_view bytes);

    std::string path_;
    int fd_ = -1;
    std::string pending_;  // frames of the next block
    std::uint64_t frames_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace walferry::capture
