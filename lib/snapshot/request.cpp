#include "lib/snapshot/request.hpp"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <utility>

namespace walferry::snapshot {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<request::wish, std::string_view>, 4> commands{
    {{request::wish::start, "start"},
     {request::wish::stop, "stop"},
     {request::wish::pause, "pause"},
     {request::wish::resume, "resume"}}};

constexpr const char* form =
    R"(write {"command": "start", "tables": ["schema.table"]}; commands are start, stop, pause, resume)";

tl::unexpected<error> wrong(const std::string& why) {
    return fail(error_kind::usage, "a request for a snapshot is not understood: " + why, form);
}

std::string_view name_of(request::wish what) {
    for (const auto& [wish, name] : commands) {
        if (wish == what) {
            return name;
        }
    }
    return {};
}

// A member's text; nothing when it is something else.
std::optional<std::string> text_of(const json& document, const char* member) {
    if (!document.contains(member)) {
        return std::string{};
    }
    const auto& value = document[member];
    return value.is_string() ? std::optional{value.get<std::string>()} : std::nullopt;
}

result<std::vector<std::string>> tables_of(const json& document) {
    std::vector<std::string> tables;
    if (!document.contains("tables")) {
        return tables;
    }
    const auto& list = document["tables"];
    if (!list.is_array()) {
        return wrong("\"tables\" is not a list");
    }
    for (const auto& one : list) {
        if (!one.is_string() || one.get_ref<const std::string&>().empty()) {
            return wrong("\"tables\" has something else than names");
        }
        auto name = one.get<std::string>();
        tables.push_back(name.find('.') == std::string::npos ? "public." + name : name);
    }
    return tables;
}

}  // namespace

result<request> parse_request(std::string_view text) {
    const auto document = json::parse(text, nullptr, false);
    if (!document.is_object()) {
        return wrong("it is not a JSON object");
    }
    for (const auto& [member, value] : document.items()) {
        if (member != "command" && member != "tables" && member != "where" && member != "slot" &&
            member != "seal") {
            return wrong("\"" + member + "\" is not known");
        }
    }
    request made;
    auto command = text_of(document, "command");
    auto where = text_of(document, "where");
    auto slot = text_of(document, "slot");
    auto seal = text_of(document, "seal");
    if (!command || !where || !slot || !seal) {
        return wrong("command, where, slot and seal are texts");
    }
    auto tables = tables_of(document);
    if (!tables) {
        return tl::unexpected(std::move(tables.error()));
    }
    bool known = command->empty();
    for (const auto& [wish, name] : commands) {
        if (*command == name) {
            made.what = wish;
            known = true;
        }
    }
    if (!known) {
        return wrong("command \"" + *command + "\" is not known");
    }
    if (made.what == request::wish::start && tables->empty()) {
        return wrong("it names no table");
    }
    if (made.what != request::wish::start && !where->empty()) {
        return wrong("only start knows a condition");
    }
    made.tables = std::move(*tables);
    made.where = std::move(*where);
    made.slot = std::move(*slot);
    made.seal = std::move(*seal);
    return made;
}

std::string to_json(const request& what) {
    json document{{"command", name_of(what.what)}};
    const auto add = [&](const char* member, const std::string& value) {
        if (!value.empty()) {
            document[member] = value;
        }
    };
    if (!what.tables.empty()) {
        document["tables"] = what.tables;
    }
    add("where", what.where);
    add("slot", what.slot);
    add("seal", what.seal);
    return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string seal_of(const request& what, std::string_view token) {
    request plain = what;
    plain.seal.clear();
    const auto text = to_json(plain);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), token.data(), static_cast<int>(token.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    constexpr char digits[] = "0123456789abcdef";
    std::string seal;
    for (unsigned int i = 0; i < size; ++i) {
        seal += digits[digest[i] >> 4];
        seal += digits[digest[i] & 15];
    }
    return seal;
}

bool is_sealed(const request& what, std::string_view token) {
    const auto right = seal_of(what, token);
    return !token.empty() && right.size() == what.seal.size() &&
           CRYPTO_memcmp(right.data(), what.seal.data(), right.size()) == 0;
}

}  // namespace walferry::snapshot
