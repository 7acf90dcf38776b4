#include "lib/snapshot/watermark.hpp"

namespace walferry::snapshot {

std::string mark_text(std::string_view token, std::uint64_t number, std::string_view which) {
    std::string text{token};
    text += ' ' + std::to_string(number) + ' ';
    text += which;
    return text;
}

}  // namespace walferry::snapshot
