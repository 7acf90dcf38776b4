#pragma once

#include "lib/spool/storage.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace walferry::test {

// A disk that can be watched, and made to fail.
struct memory_storage final : spool::storage {
    struct watch {
        std::string bytes;
        std::uint64_t discarded = 0;
        bool full = false;
        bool unreadable = false;
    };

    explicit memory_storage(watch& seen) : is(seen) {}

    result<void> write(std::uint64_t at, std::string_view what) override {
        if (is.full) {
            return fail(error_kind::output_failed, "the disk is full");
        }
        if (is.bytes.size() < at + what.size()) {
            is.bytes.resize(at + what.size());
        }
        is.bytes.replace(at, what.size(), what);
        return {};
    }

    result<void> read(std::uint64_t at, char* to, std::size_t count) override {
        if (is.unreadable || at + count > is.bytes.size()) {
            return fail(error_kind::output_failed, "the disk cannot be read");
        }
        std::memcpy(to, is.bytes.data() + at, count);
        return {};
    }

    // What was given back is not there any more.
    void discard(std::uint64_t at, std::uint64_t count) override {
        is.discarded += count;
        if (at < is.bytes.size()) {
            const auto gone = std::min<std::uint64_t>(count, is.bytes.size() - at);
            is.bytes.replace(at, gone, gone, '#');
        }
    }

    watch& is;
};

}  // namespace walferry::test
