#pragma once

#include <string>
#include <string_view>

namespace walferry::config {

// Writes nested YAML from dotted names that come in order of their sections: opens the maps on the
// way to a value, indents by two.
class outline {
public:
    // `leaf` is the last name; it may have dots of its own.
    void put(std::string_view section, std::string_view leaf, std::string_view value,
             std::string_view remark = {});
    void open(std::string_view section, std::string_view remark = {});
    void note(std::string_view section, std::string_view text);

    const std::string& text() const { return text_; }

private:
    void line(std::size_t depth, std::string_view text, std::string_view remark);

    std::string text_;
    std::string open_;  // dotted name of the section that the last line stands in
};

}  // namespace walferry::config
