#include "lib/encode/mask.hpp"

#include "lib/encode/json_text.hpp"

#include <openssl/evp.h>

#include <array>
#include <string>

namespace walferry::encode {
namespace {

class fixed_mask final : public mask {
public:
    explicit fixed_mask(int length)
        : json_(json_of(std::string(static_cast<std::size_t>(length < 0 ? 0 : length), '*'))) {}

    void append(text_buffer& out, std::string_view, workspace&) const override {
        out.append(json_);
    }
    bool hides_null() const override { return true; }

private:
    std::string json_;
};

// Counts UTF-16 units as Java does, and never cuts one character in two.
class truncating_mask final : public mask {
public:
    explicit truncating_mask(int length)
        : length_(static_cast<std::size_t>(length < 0 ? 0 : length)) {}

    void append(text_buffer& out, std::string_view text, workspace&) const override {
        std::size_t end = 0;
        std::size_t units = 0;
        while (end < text.size()) {
            auto length = utf8_length(text.substr(end));
            units += length == 4 ? 2 : 1;
            if (units > length_) {
                break;
            }
            end += length == 0 ? 1 : length;
        }
        append_json(out, text.substr(0, end));
    }

private:
    std::size_t length_;
};

// The hexadecimal hash of salt and text, cut to the length of a varchar(n) column.
class hashing_mask final : public mask {
public:
    hashing_mask(std::shared_ptr<EVP_MD> algorithm, std::string salt, std::int32_t length)
        : algorithm_(std::move(algorithm)), salt_(std::move(salt)), length_(length) {}

    void append(text_buffer& out, std::string_view text, workspace& space) const override {
        space.bytes.clear();
        space.bytes.append(salt_);
        space.bytes.append(text);
        std::array<char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        EVP_Digest(space.bytes.data(), space.bytes.size(),
                   static_cast<unsigned char*>(static_cast<void*>(digest.data())), &size,
                   algorithm_.get(), nullptr);
        out.append('"');
        auto start = out.size();
        append_hex(out, {digest.data(), size});
        if (length_ > 0) {
            out.truncate(start + static_cast<std::size_t>(length_));
        }
        out.append('"');
    }

private:
    std::shared_ptr<EVP_MD> algorithm_;
    std::string salt_;
    std::int32_t length_;
};

bool write_masked(const value_plan& plan, std::string_view text, text_buffer& out,
                  workspace& space) {
    plan.hidden_by->append(out, text, space);
    return true;
}

}  // namespace

result<std::shared_ptr<const mask>> make_mask(const config::mask_rule& rule, std::int32_t length) {
    using kind = config::mask_rule::kind;
    if (rule.what == kind::fixed) {
        return std::make_shared<fixed_mask>(rule.length);
    }
    if (rule.what == kind::truncate) {
        return std::make_shared<truncating_mask>(rule.length);
    }
    std::shared_ptr<EVP_MD> algorithm{EVP_MD_fetch(nullptr, rule.algorithm.c_str(), nullptr),
                                      EVP_MD_free};
    if (algorithm == nullptr) {
        return fail(error_kind::table_unfit,
                    "events.masks: the hash algorithm \"" + rule.algorithm + "\" is not known",
                    "use SHA-256, SHA-512, SHA3-256 or another one of OpenSSL");
    }
    return std::make_shared<hashing_mask>(std::move(algorithm), rule.salt, length);
}

result<void> hide(value_plan& plan, const config::mask_rule& rule,
                  const config::event_settings& events) {
    auto made = make_mask(rule, plan.length);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    plan.hidden_by = *made;
    plan.write = write_masked;
    plan.type = event_type::string;
    plan.semantic = {};
    plan.known = true;
    plan.element.reset();
    plan.unavailable = json_of(events.unavailable_value);
    if (plan.hidden_by->hides_null()) {
        text_buffer out;
        workspace space;
        plan.hidden_by->append(out, {}, space);
        plan.null = plan.unavailable = std::string{out.view()};
    }
    return {};
}

}  // namespace walferry::encode
