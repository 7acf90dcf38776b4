#pragma once

#include "lib/base/text_buffer.hpp"

#include <string_view>

namespace walferry::values {

// Walks the text form of an hstore: `"a"=>"1", "b"=>NULL`.
class hstore_reader {
public:
    enum class token { pair, end, broken };

    hstore_reader(std::string_view text, text_buffer& key, text_buffer& value)
        : rest_(text), key_(key), value_(value) {}

    token next();
    std::string_view key() const { return key_.view(); }
    std::string_view value() const { return value_.view(); }
    bool is_null() const { return null_; }

private:
    bool quoted(text_buffer& into);
    bool skip(std::string_view word);

    std::string_view rest_;
    text_buffer& key_;
    text_buffer& value_;
    bool null_ = false;
};

}  // namespace walferry::values
