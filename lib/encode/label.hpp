#pragma once

#include "lib/base/text_buffer.hpp"

#include <array>
#include <cstring>
#include <string>
#include <string_view>

namespace walferry::encode {

// A constant text that is appended once a value. Most are shorter than `block`: then a whole block
// is copied without a call and what is too much is written over.
class label {
public:
    label() = default;
    explicit label(std::string text) : text_(std::move(text)) {
        std::memcpy(block_.data(), text_.data(), text_.size() < block ? text_.size() : block);
    }

    void append_to(text_buffer& out) const {
        if (text_.size() > block) {
            out.append(text_);
            return;
        }
        std::memcpy(out.reserve(block), block_.data(), block);
        out.commit(text_.size());
    }

    std::string_view view() const { return text_; }

private:
    static constexpr std::size_t block = 32;

    std::array<char, block> block_{};
    std::string text_;
};

}  // namespace walferry::encode
