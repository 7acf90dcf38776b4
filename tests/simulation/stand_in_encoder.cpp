#include "tests/simulation/stand_in_encoder.hpp"

#include "lib/encode/encoder.hpp"
#include "tests/simulation/truth.hpp"
#include "tests/simulation/violation.hpp"

#include <charconv>
#include <cstring>

namespace walferry {
namespace simulation {
namespace {

constexpr std::string_view position_header = "position";

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void give_record(encode::record_consumer& out, const change::change& what,
                 std::optional<std::string_view> key, char kind, std::string_view token,
                 std::string& value) {
    char place[16];
    std::memcpy(place, &what.at.commit.value, 8);
    std::memcpy(place + 8, &what.at.sequence, 8);
    header position{position_header, std::string_view{place, sizeof place}};
    value.assign(1, kind);
    value += token;
    encode::encoded_record made;
    made.what.key = key;
    if (kind != tombstone) {
        made.what.value = value;
    }
    made.what.headers = {&position, 1};
    made.partition_key = key.value_or(std::string_view{});
    made.has_partition_key = key.has_value();
    out.take(made);
}

class stand_in : public encode::table_encoder {
public:
    stand_in(std::uint32_t key, std::uint32_t token) : key_(key), token_(token) {}

    result<void> encode(const change::change& what, const moment&,
                        encode::record_consumer& out) override {
        auto kind = static_cast<char>(what.what);
        auto before_key = what.before.empty() ? std::string_view{} : what.before[key_].bytes;
        if (what.what == change::operation::truncate) {
            give(out, what, std::nullopt, kind, {});
        } else if (what.what == change::operation::delete_row) {
            remove(out, what, before_key);
        } else {
            auto key = what.after[key_].bytes;
            bool moved = !before_key.empty() && before_key != key;
            if (moved) {
                remove(out, what, before_key);
            }
            give(out, what, key, moved ? 'c' : kind, what.after[token_].bytes);
        }
        return {};
    }

private:
    void remove(encode::record_consumer& out, const change::change& what, std::string_view key) {
        give(out, what, key, 'd', {});
        give(out, what, key, tombstone, {});
    }

    void give(encode::record_consumer& out, const change::change& what,
              std::optional<std::string_view> key, char kind, std::string_view token) {
        give_record(out, what, key, kind, token, value_);
    }

    std::uint32_t key_;
    std::uint32_t token_;
    std::string value_;
};

class stand_in_for_messages : public encode::table_encoder {
public:
    result<void> encode(const change::change& what, const moment&,
                        encode::record_consumer& out) override {
        require(what.message->transactional == (what.in != nullptr),
                "a message on the wrong side of a transaction");
        give_record(out, what, what.message->prefix, static_cast<char>(row_kind::message),
                    what.message->content, value_);
        return {};
    }

private:
    std::string value_;
};

}  // namespace

std::string key_text(unsigned key) {
    return std::to_string(key);
}

read_back read_record(const record& what) {
    read_back seen;
    require(what.headers.size() == 1 && what.headers[0].value->size() == 16,
            "a record without its position");
    std::memcpy(&seen.at.commit.value, what.headers[0].value->data(), 8);
    std::memcpy(&seen.at.sequence, what.headers[0].value->data() + 8, 8);
    seen.keyed = what.key.has_value();
    seen.key = static_cast<unsigned>(number_in(what.key.value_or("")));
    seen.what = what.value ? what.value->front() : tombstone;
    seen.token = what.value ? number_in(what.value->substr(1)) : 0;
    return seen;
}

}  // namespace simulation

namespace encode {

result<std::unique_ptr<table_encoder>> make_table_encoder(const context&, table_shape shape) {
    simulation::require(shape.key.size() == 1 && shape.table != nullptr,
                        "the router found another key than the table's");
    return std::make_unique<simulation::stand_in>(shape.key.front(), 1u);
}

result<std::unique_ptr<table_encoder>> make_message_encoder(const context&) {
    return std::make_unique<simulation::stand_in_for_messages>();
}

}  // namespace encode
}  // namespace walferry
