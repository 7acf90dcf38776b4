#include "decoders/values/hstore_text.hpp"

namespace walferry::values {

bool hstore_reader::skip(std::string_view word) {
    if (!rest_.starts_with(word)) {
        return false;
    }
    rest_.remove_prefix(word.size());
    return true;
}

bool hstore_reader::quoted(text_buffer& into) {
    into.clear();
    if (!skip("\"")) {
        return false;
    }
    for (;;) {
        auto stop = rest_.find_first_of("\"\\");
        if (stop == std::string_view::npos) {
            return false;
        }
        into.append(rest_.substr(0, stop));
        bool escaped = rest_[stop] == '\\';
        rest_.remove_prefix(stop + 1);
        if (!escaped) {
            return true;
        }
        if (rest_.empty()) {
            return false;
        }
        into.append(rest_.front());
        rest_.remove_prefix(1);
    }
}

hstore_reader::token hstore_reader::next() {
    if (rest_.empty()) {
        return token::end;
    }
    skip(", ");
    if (!quoted(key_) || !skip("=>")) {
        return token::broken;
    }
    null_ = skip("NULL");
    if (null_) {
        value_.clear();
        return token::pair;
    }
    return quoted(value_) ? token::pair : token::broken;
}

}  // namespace walferry::values
