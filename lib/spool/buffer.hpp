#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace walferry::spool {

// What was appended, in chunks that never move; a piece that was appended at once lies in one.
class buffer {
public:
    // Room for so many bytes more, in one chunk; the caller fills it.
    char* append(std::size_t count);

    bool empty() const { return chunks_.empty(); }
    std::size_t chunks() const { return chunks_.size(); }
    std::string_view chunk(std::size_t which) const {
        return {chunks_[which].bytes.get(), chunks_[which].used};
    }

    // Gives a chunk's memory back; it is empty from then on.
    void forget(std::size_t which);
    void clear();

    std::uint64_t memory() const { return memory_; }
    std::uint64_t used() const { return used_; }

private:
    struct piece {
        std::unique_ptr<char[]> bytes;
        std::size_t capacity = 0;
        std::size_t used = 0;
    };

    std::vector<piece> chunks_;
    std::uint64_t memory_ = 0;
    std::uint64_t used_ = 0;
};

}  // namespace walferry::spool
