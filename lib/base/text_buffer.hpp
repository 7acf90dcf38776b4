#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace walferry {

// A byte buffer to append to, reused from row to row: clear() keeps the memory, growing does not
// zero it. Views into it live until the next append or clear.
class text_buffer {
public:
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::size_t capacity() const { return capacity_; }
    char* data() { return bytes_.get(); }
    std::string_view view() const { return {bytes_.get(), size_}; }
    std::string_view view_from(std::size_t start) const { return view().substr(start); }

    void clear() { size_ = 0; }
    void truncate(std::size_t size) { size_ = size < size_ ? size : size_; }

    // Gives the memory back when one large row made the buffer larger than `limit`.
    void shrink_above(std::size_t limit) {
        if (capacity_ > limit) {
            bytes_.reset();
            size_ = capacity_ = 0;
        }
    }

    void append(std::string_view text) {
        if (text.empty()) {
            return;  // its data may be null, which memcpy must not be given
        }
        std::memcpy(reserve(text.size()), text.data(), text.size());
        size_ += text.size();
    }

    void append(char c) {
        *reserve(1) = c;
        ++size_;
    }

    template <std::integral number>
    requires(!std::same_as<number, char> &&
             !std::same_as<number, bool>) void append_number(number value) {
        char* start = reserve(24);
        size_ += static_cast<std::size_t>(std::to_chars(start, start + 24, value).ptr - start);
    }

    // Room for `count` more bytes; the caller writes them and then calls commit().
    char* reserve(std::size_t count) {
        if (capacity_ - size_ < count) {
            grow(count);
        }
        return bytes_.get() + size_;
    }

    void commit(std::size_t count) { size_ += count; }

private:
    void grow(std::size_t count) {
        std::size_t wanted = capacity_ < 1024 ? 1024 : capacity_ * 2;
        while (wanted - size_ < count) {
            wanted *= 2;
        }
        std::unique_ptr<char[]> larger{new char[wanted]};
        if (size_ != 0) {
            std::memcpy(larger.get(), bytes_.get(), size_);
        }
        bytes_ = std::move(larger);
        capacity_ = wanted;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace walferry
