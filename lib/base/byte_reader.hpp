#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace walferry {

// A cursor over network-order bytes. Reading past the end never touches memory: it returns zero or
// an empty view and makes the reader failed() for good, so that a decoder checks once at its end.
// Borrows the bytes; every view it returns lives as long as they do.
class byte_reader {
public:
    explicit byte_reader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

    bool failed() const { return failed_; }
    bool at_end() const { return at_ == end_; }
    std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }

    std::uint8_t u8() { return static_cast<std::uint8_t>(number<1>()); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number<2>()); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(number<4>()); }
    std::uint64_t u64() { return number<8>(); }
    std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
    std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
    std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

    std::string_view bytes(std::size_t count) {
        if (remaining() < count) {
            fail();
            return {};
        }
        std::string_view taken{at_, count};
        at_ += count;
        return taken;
    }

    // Bytes up to a NUL, which is consumed and not part of the result.
    std::string_view c_string() {
        const void* nul = remaining() == 0 ? nullptr : std::memchr(at_, 0, remaining());
        if (nul == nullptr) {
            fail();
            return {};
        }
        const char* stop = static_cast<const char*>(nul);
        std::string_view taken{at_, static_cast<std::size_t>(stop - at_)};
        at_ = stop + 1;
        return taken;
    }

    std::string_view rest() { return bytes(remaining()); }

private:
    template <std::size_t size>
    std::uint64_t number() {
        if (remaining() < size) {
            fail();
            return 0;
        }
        std::uint64_t value = 0;
        if constexpr (std::endian::native == std::endian::little) {
            std::memcpy(&value, at_, size);
            value = __builtin_bswap64(value) >> (64 - 8 * size);
        } else {
            std::memcpy(reinterpret_cast<char*>(&value) + (8 - size), at_, size);
        }
        at_ += size;
        return value;
    }

    void fail() {
        failed_ = true;
        at_ = end_;
    }

    const char* at_;
    const char* end_;
    bool failed_ = false;
};

}  // namespace walferry
