#include "lib/config/outline.hpp"

#include <algorithm>

namespace walferry::config {
namespace {

std::size_t depth_of(std::string_view section) {
    return section.empty()
               ? 0
               : static_cast<std::size_t>(std::count(section.begin(), section.end(), '.')) + 1;
}

// Whether `name` is `inner` or one of the sections around it.
bool is_around(std::string_view name, std::string_view inner) {
    return inner.starts_with(name) && (inner.size() == name.size() || inner[name.size()] == '.');
}

}  // namespace

void outline::line(std::size_t depth, std::string_view text, std::string_view remark) {
    text_.append(2 * depth, ' ');
    text_ += text;
    if (!remark.empty()) {
        (text_ += "  # ") += remark;
    }
    text_ += '\n';
}

void outline::open(std::string_view section, std::string_view remark) {
    if (section == open_) {
        return;
    }
    for (std::size_t end = 0; end < section.size();) {
        const std::size_t start = end == 0 ? 0 : end + 1;
        end = std::min(section.find('.', start), section.size());
        const std::string_view name = section.substr(0, end);
        if (!is_around(name, open_)) {
            const std::string header = std::string{section.substr(start, end - start)} + ":";
            line(depth_of(name) - 1, header, end == section.size() ? remark : "");
        }
    }
    open_ = section;
}

void outline::put(std::string_view section, std::string_view leaf, std::string_view value,
                  std::string_view remark) {
    open(section);
    line(depth_of(section), std::string{leaf} + ": " + std::string{value}, remark);
}

void outline::note(std::string_view section, std::string_view text) {
    open(section);
    line(depth_of(section), "# " + std::string{text}, {});
}

}  // namespace walferry::config
