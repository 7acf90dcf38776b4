#pragma once

#include "lib/base/text_buffer.hpp"

#include <string_view>

namespace walferry::values {

// Walks the text form of an array, `{1,"a b",NULL}`, `[0:1]={{..},{..}}`, from token to token.
class array_reader {
public:
    enum class token { open, close, value, null, end, broken };

    // The reader borrows the text and uses `unquoted` for elements with escapes.
    array_reader(std::string_view text, char delimiter, text_buffer& unquoted);

    token next();
    std::string_view value() const { return value_; }  // after token::value, until next()

    int dimensions() const { return dimensions_; }       // 1 for an empty array, too
    std::string_view bounds() const { return bounds_; }  // `[0:1]`, empty when all begin at 1

private:
    token quoted();
    token bare();

    std::string_view rest_;
    std::string_view bounds_;
    std::string_view value_;
    text_buffer& unquoted_;
    int dimensions_ = 0;
    int depth_ = 0;
    char delimiter_;
    bool started_ = false;
};

}  // namespace walferry::values
