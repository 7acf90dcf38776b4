#include "lib/capture/capture_writer.hpp"

#include "lib/capture/catalog_json.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace walferry::capture {
namespace {

constexpr std::size_t pending_max = 1u << 18;

tl::unexpected<error> failed(const std::string& path, const char* what) {
    return fail(error_kind::output_failed,
                "\"" + path + "\" cannot be " + what + ": " + std::strerror(errno));
}

}  // namespace

result<capture_writer> capture_writer::open(std::string path, const header& about) {
    int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) {
        return fail(error_kind::output_failed, "\"" + path + "\" exists already",
                    "name another file, or remove it: rm " + path);
    }
    if (fd < 0) {
        return failed(path, "created");
    }
    capture_writer made{std::move(path), fd};
    auto done = made.write_all(magic);
    if (done) {
        done = made.write_block(block_kind::header, header_to_json(about));
    }
    if (!done) {
        return tl::unexpected(std::move(done.error()));
    }
    return made;
}

capture_writer::capture_writer(capture_writer&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      pending_(std::move(other.pending_)),
      frames_(other.frames_),
      bytes_(other.bytes_) {}

capture_writer::~capture_writer() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

result<void> capture_writer::add(const change::catalog& found) {
    auto text = catalog_to_json(found);
    if (auto done = write_pending(); !done) {
        return done;
    }
    return write_block(block_kind::catalog, text);
}

result<void> capture_writer::add(std::string_view frame, unix_time arrived) {
    append_number(pending_, static_cast<std::uint64_t>(arrived.microseconds), 8);
    append_number(pending_, frame.size(), 4);
    pending_.append(frame);
    ++frames_;
    return pending_.size() < pending_max ? result<void>{} : write_pending();
}

result<void> capture_writer::finish() {
    auto done = write_pending();
    std::string count;
    append_number(count, frames_, 8);
    if (done) {
        done = write_block(block_kind::end, count);
    }
    if (done && (::fsync(fd_) != 0 && errno != EINVAL)) {
        return failed(path_, "kept");
    }
    return done;
}

result<void> capture_writer::write_pending() {
    if (pending_.empty()) {
        return {};
    }
    auto done = write_block(block_kind::frames, pending_);
    pending_.clear();
    return done;
}

result<void> capture_writer::write_block(block_kind kind, std::string_view payload) {
    auto head = block_head(kind, payload.size());
    auto done = write_all(head);
    if (done) {
        done = write_all(payload);
    }
    return done ? write_all(block_tail(head, payload)) : done;
}

result<void> capture_writer::write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        auto written = ::write(fd_, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return failed(path_, "written");
        }
        if (written > 0) {
            bytes_ += static_cast<std::uint64_t>(written);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    return {};
}

}  // namespace walferry::capture
