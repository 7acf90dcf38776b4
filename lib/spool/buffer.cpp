#include "lib/spool/buffer.hpp"

#include <algorithm>

namespace walferry::spool {
namespace {

constexpr std::size_t first_chunk = 4 * 1024;
constexpr std::size_t largest_chunk = 256 * 1024;

}  // namespace

char* buffer::append(std::size_t count) {
    if (chunks_.empty() || chunks_.back().capacity - chunks_.back().used < count) {
        auto wished = chunks_.empty() ? first_chunk : 2 * chunks_.back().capacity;
        piece made;
        made.capacity = std::max(std::min(wished, largest_chunk), count);
        made.bytes.reset(new char[made.capacity]);
        memory_ += made.capacity;
        chunks_.push_back(std::move(made));
    }
    auto& last = chunks_.back();
    auto* room = last.bytes.get() + last.used;
    last.used += count;
    used_ += count;
    return room;
}

void buffer::forget(std::size_t which) {
    auto& gone = chunks_[which];
    memory_ -= gone.capacity;
    used_ -= gone.used;
    gone = {};
}

void buffer::clear() {
    chunks_.clear();
    memory_ = used_ = 0;
}

}  // namespace walferry::spool
