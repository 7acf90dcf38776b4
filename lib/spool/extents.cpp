#include "lib/spool/extents.hpp"

#include <algorithm>
#include <functional>

namespace walferry::spool {

result<extents::number> extents::take() {
    if (!free_.empty()) {
        const auto taken = free_.back();
        free_.pop_back();
        return taken;
    }
    if (where_ == nullptr || (made_ + 1) * size > bytes_max_) {
        return fail(
            error_kind::output_failed,
            "the transactions in progress need more than source.spool.disk, " +
                std::to_string(bytes_max_) + " bytes",
            "raise source.spool.disk, or leave it to PostgreSQL with source.streaming: off");
    }
    return static_cast<number>(made_++);
}

void extents::give_back(std::vector<number> unused) {
    std::sort(unused.begin(), unused.end());
    for (std::size_t first = 0; first < unused.size();) {
        std::size_t behind = first + 1;
        while (behind < unused.size() && unused[behind] == unused[behind - 1] + 1) {
            ++behind;
        }
        where_->discard(unused[first] * size, (behind - first) * size);
        first = behind;
    }
    free_.insert(free_.end(), unused.rbegin(), unused.rend());
    if (free_.size() == made_) {
        free_.clear();
        free_.shrink_to_fit();
        made_ = 0;
    }
}

result<void> extents::write(number which, std::uint64_t at, std::string_view bytes) {
    return where_->write(which * size + at, bytes);
}

result<void> extents::read(number which, std::uint64_t at, char* to, std::size_t count) {
    return where_->read(which * size + at, to, count);
}

}  // namespace walferry::spool
