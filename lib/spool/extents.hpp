#pragma once

#include "lib/spool/storage.hpp"

#include <cstdint>
#include <vector>

namespace walferry::spool {

// The storage in pieces of equal size, handed out and taken back. Pure but for the storage.
class extents {
public:
    using number = std::uint32_t;

    static constexpr std::uint64_t size = 256 * 1024;

    // `where` may be null: then there are none.
    extents(storage* where, std::uint64_t bytes_max) : where_(where), bytes_max_(bytes_max) {}

    // Errors: output_failed, when all are in use.
    result<number> take();

    void give_back(std::vector<number> unused);

    result<void> write(number which, std::uint64_t at, std::string_view bytes);
    result<void> read(number which, std::uint64_t at, char* to, std::size_t count);

    std::uint64_t bytes_in_use() const { return (made_ - free_.size()) * size; }
    bool available() const { return where_ != nullptr; }

private:
    storage* where_;
    std::uint64_t bytes_max_;
    std::uint64_t made_ = 0;
    std::vector<number> free_;  // lowest last
};

}  // namespace walferry::spool
