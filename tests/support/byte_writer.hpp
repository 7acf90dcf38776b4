#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace walferry::test {

// Appends numbers in network byte order: the opposite of byte_reader, for building what a server
// sends.
class byte_writer {
public:
    byte_writer& u8(std::uint8_t value) { return number(value, 1); }
    byte_writer& u16(std::uint16_t value) { return number(value, 2); }
    byte_writer& u32(std::uint32_t value) { return number(value, 4); }
    byte_writer& u64(std::uint64_t value) { return number(value, 8); }
    byte_writer& i32(std::int32_t value) { return u32(static_cast<std::uint32_t>(value)); }
    byte_writer& i64(std::int64_t value) { return u64(static_cast<std::uint64_t>(value)); }
    byte_writer& letter(char value) { return u8(static_cast<std::uint8_t>(value)); }

    byte_writer& bytes(std::string_view value) {
        made_ += value;
        return *this;
    }

    byte_writer& c_string(std::string_view value) {
        made_ += value;
        made_ += '\0';
        return *this;
    }

    std::string take() { return std::move(made_); }

private:
    byte_writer& number(std::uint64_t value, int size) {
        for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
            made_ += static_cast<char>((value >> shift) & 0xff);
        }
        return *this;
    }

    std::string made_;
};

}  // namespace walferry::test
