#include "decoders/values/array_text.hpp"

namespace walferry::values {
namespace {

bool is_null_word(std::string_view word) {
    return word.size() == 4 && (word[0] | 0x20) == 'n' && (word[1] | 0x20) == 'u' &&
           (word[2] | 0x20) == 'l' && (word[3] | 0x20) == 'l';
}

}  // namespace

array_reader::array_reader(std::string_view text, char delimiter, text_buffer& unquoted)
    : rest_(text), unquoted_(unquoted), delimiter_(delimiter) {
    if (rest_.starts_with('[')) {
        auto equals = rest_.find('=');
        if (equals != std::string_view::npos) {
            bounds_ = rest_.substr(0, equals);
            rest_.remove_prefix(equals + 1);
        }
    }
    auto braces = rest_.find_first_not_of('{');
    dimensions_ = static_cast<int>(braces == std::string_view::npos ? 0 : braces);
}

array_reader::token array_reader::next() {
    if (started_ && depth_ == 0) {
        return rest_.empty() ? token::end : token::broken;
    }
    if (rest_.starts_with(delimiter_)) {
        rest_.remove_prefix(1);
    }
    if (rest_.empty()) {
        return token::broken;
    }
    char first = rest_.front();
    if (first == '{') {
        started_ = true;
        ++depth_;
        rest_.remove_prefix(1);
        return token::open;
    }
    if (depth_ == 0) {
        return token::broken;
    }
    if (first == '}') {
        --depth_;
        rest_.remove_prefix(1);
        return token::close;
    }
    return first == '"' ? quoted() : bare();
}

array_reader::token array_reader::quoted() {
    rest_.remove_prefix(1);
    auto stop = rest_.find_first_of("\"\\");
    if (stop != std::string_view::npos && rest_[stop] == '"') {
        value_ = rest_.substr(0, stop);
        rest_.remove_prefix(stop + 1);
        return token::value;
    }
    unquoted_.clear();
    while (stop != std::string_view::npos && rest_[stop] == '\\' && stop + 1 < rest_.size()) {
        unquoted_.append(rest_.substr(0, stop));
        unquoted_.append(rest_[stop + 1]);
        rest_.remove_prefix(stop + 2);
        stop = rest_.find_first_of("\"\\");
    }
    if (stop == std::string_view::npos || rest_[stop] == '\\') {
        return token::broken;
    }
    unquoted_.append(rest_.substr(0, stop));
    rest_.remove_prefix(stop + 1);
    value_ = unquoted_.view();
    return token::value;
}

array_reader::token array_reader::bare() {
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] != delimiter_ && rest_[length] != '}') {
        ++length;
    }
    value_ = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return is_null_word(value_) ? token::null : token::value;
}

}  // namespace walferry::values
