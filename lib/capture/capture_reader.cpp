#include "lib/capture/capture_reader.hpp"

#include "lib/base/byte_reader.hpp"
#include "lib/capture/block.hpp"
#include "lib/capture/catalog_json.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace walferry::capture {

result<capture_reader> capture_reader::open(std::string path) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fail(error_kind::config_invalid,
                    "\"" + path + "\" cannot be opened: " + std::strerror(errno));
    }
    capture_reader made{std::move(path), fd};
    std::string first(magic.size(), '\0');
    auto done = made.read_exactly(first.data(), first.size());
    if (!done || first != magic) {
        return fail(error_kind::config_invalid,
                    "\"" + made.path_ + "\" is not a capture, or of another version of the format",
                    "make one with `walferry record FILE`");
    }
    auto kind = made.next_block();
    if (!kind) {
        return tl::unexpected(std::move(kind.error()));
    }
    auto about = header_from_json(made.block_);
    if (*kind != static_cast<char>(block_kind::header) || !about) {
        return made.damaged("it does not begin with a header");
    }
    made.about_ = std::move(*about);
    made.at_ = made.block_.size();
    return made;
}

capture_reader::capture_reader(capture_reader&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      about_(std::move(other.about_)),
      block_(std::move(other.block_)),
      at_(other.at_),
      offset_(other.offset_),
      read_(other.read_),
      catalog_(std::move(other.catalog_)),
      frames_(other.frames_),
      ended_(other.ended_) {}

capture_reader::~capture_reader() {
    if (fd_ >= 0) {
        ::close(fd_);
    }
}

result<capture_reader::step> capture_reader::next() {
    while (at_ == block_.size()) {
        if (ended_) {
            return step::end;
        }
        auto kind = next_block();
        if (!kind) {
            return tl::unexpected(std::move(kind.error()));
        }
        at_ = block_.size();
        if (*kind == static_cast<char>(block_kind::catalog)) {
            auto found = catalog_from_json(block_);
            if (!found) {
                return tl::unexpected(std::move(found.error()));
            }
            catalog_ = std::move(*found);
            return step::catalog;
        }
        if (*kind == static_cast<char>(block_kind::frames)) {
            at_ = 0;
        } else if (byte_reader in{block_};
                   *kind != static_cast<char>(block_kind::end) || in.u64() != frames_) {
            return damaged("a block of unknown kind, or frames are missing");
        } else {
            ended_ = true;
        }
    }
    byte_reader in{std::string_view{block_}.substr(at_)};
    arrived_ = {in.i64()};
    auto length = in.u32();
    frame_ = in.bytes(length);
    if (in.failed()) {
        return damaged("a frame is longer than its block");
    }
    at_ = block_.size() - in.remaining();
    ++frames_;
    return step::frame;
}

result<char> capture_reader::next_block() {
    offset_ = read_;
    std::array<char, block_head_bytes> head{};
    if (auto done = read_exactly(head.data(), head.size()); !done) {
        return tl::unexpected(std::move(done.error()));
    }
    byte_reader in{{head.data(), head.size()}};
    auto kind = static_cast<char>(in.u8());
    auto length = in.u32();
    if (length > block_bytes_max) {
        return damaged("a block of impossible length");
    }
    block_.resize(length);
    std::array<char, block_tail_bytes> tail{};
    auto done = read_exactly(block_.data(), length);
    if (done) {
        done = read_exactly(tail.data(), tail.size());
    }
    if (!done) {
        return tl::unexpected(std::move(done.error()));
    }
    if (block_tail({head.data(), head.size()}, block_) !=
        std::string_view{tail.data(), tail.size()}) {
        return damaged("its check sum does not fit");
    }
    return kind;
}

result<void> capture_reader::read_exactly(char* to, std::size_t count) {
    while (count > 0) {
        auto got = ::read(fd_, to, count);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return damaged(std::strerror(errno));
        }
        if (got == 0) {
            return damaged("the file ends here; recording was cut short");
        }
        to += got;
        count -= static_cast<std::size_t>(got);
        read_ += static_cast<std::uint64_t>(got);
    }
    return {};
}

tl::unexpected<error> capture_reader::damaged(const std::string& how) const {
    return fail(error_kind::config_invalid, "\"" + path_ + "\" at byte " + std::to_string(offset_) +
                                                ": " + how + "; the " + std::to_string(frames_) +
                                                " frames before it are good");
}

}  // namespace walferry::capture
